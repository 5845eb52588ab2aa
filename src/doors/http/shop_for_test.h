// A small shop whose verbs stand in for a bank's in the tests of the HTTP door.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "doors/http/server.h"

namespace puhui::http::shop {

inline std::span<const std::string_view> names_of_codes() {
  static constexpr std::string_view kNames[] = {"invalid",   "not_found",   "forbidden", "conflict",
                                                "exhausted", "unavailable", "corrupt",   "internal"};
  return kNames;
}
enum class Code { invalid, not_found, forbidden, conflict, exhausted, unavailable, corrupt, internal };
inline std::span<const std::string_view> names_of(const Code*) { return names_of_codes(); }

struct Ask {
  std::string item;
  int64_t count = 1;
};
inline void fields(Shape& s, Ask& ask) {
  s.field("item", ask.item, {.help = "what is bought", .min = 1, .max = 20, .example = "tea"});
  s.field("count", ask.count, {.min = 1, .max = 100, .optional = true});
}

struct Price {
  std::string item;
  int64_t price_minor = 0;
};
inline void fields(Shape& s, Price& price) {
  s.field("item", price.item);
  s.field("price_minor", price.price_minor);
}

struct Order {
  Id128 order;
  std::string item;
  std::vector<std::string> tags;
};
inline void fields(Shape& s, Order& order) {
  s.field("order", order.order, {.help = "your id of the order"});
  s.field("item", order.item);
  s.field("tags", order.tags, {.optional = true});
}

struct Failing {
  Code code = Code::invalid;
};
inline void fields(Shape& s, Failing& failing) { s.field("code", failing.code); }

struct Nothing {};
inline void fields(Shape&, Nothing&) {}

// A handler stands before it until it is opened.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    --waiting_;
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait_for(int waiting) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= waiting; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

inline std::vector<Verb> verbs(Gate& gate) {
  std::vector<Verb> out;
  out.push_back(make_verb<Ask, Price>({.noun = "shop", .verb = "price", .help = "Says what an item costs."},
                                      [](const VerbCall&, const Ask& ask) -> Result<Price> {
                                        return Price{ask.item, 250 * ask.count};
                                      }));
  out.push_back(make_verb<Order, Order>(
      {.noun = "shop", .verb = "order", .help = "Buys an item.", .effect = Effect::write, .repeat_key = "order"},
      [](const VerbCall&, const Order& order) -> Result<Order> { return order; }));
  out.push_back(make_verb<Nothing, Nothing>(
      {.noun = "shop", .verb = "close", .help = "Closes for today.", .effect = Effect::write},
      [](const VerbCall&, const Nothing&) -> Result<Nothing> { return Nothing{}; }));
  out.push_back(make_verb<Failing, Nothing>({.noun = "shop", .verb = "fail", .help = "Fails as asked."},
                                            [](const VerbCall&, const Failing& f) -> Result<Nothing> {
                                              return fail(static_cast<ErrorCode>(f.code), "shelf", "secret-detail");
                                            }));
  out.push_back(make_verb<Nothing, Nothing>(
      {.noun = "shop", .verb = "throw", .help = "Throws."},
      [](const VerbCall&, const Nothing&) -> Result<Nothing> { throw std::runtime_error("secret-detail"); }));
  out.push_back(make_verb<Nothing, Nothing>({.noun = "shop", .verb = "wait", .help = "Waits at the gate."},
                                            [&gate](const VerbCall&, const Nothing&) -> Result<Nothing> {
                                              gate.pass();
                                              return Nothing{};
                                            }));
  out.push_back(make_verb<Nothing, Nothing>({.noun = "shop", .verb = "count", .help = "Counts and says how far."},
                                            [&gate](const VerbCall& call, const Nothing&) -> Result<Nothing> {
                                              call.progress.step("counting", 3, 10);
                                              gate.pass();
                                              return Nothing{};
                                            }));
  out.push_back(make_verb<Nothing, Nothing>(
      {.noun = "shop", .verb = "sweep", .help = "Works on local files.", .local_only = true},
      [](const VerbCall&, const Nothing&) -> Result<Nothing> { return Nothing{}; }));
  return out;
}

// Everything a server needs, made of a null log and a manual clock.
struct Stand {
  Gate gate;
  std::vector<Verb> all = verbs(gate);
  ManualClock clock{Timestamp{784'111'777'000'000}};  // Sun, 06 Nov 1994 08:49:37 GMT
  std::FILE* log_file = std::tmpfile();
  Log log{clock, log_file, Log::Level::info};
  Metrics metrics;
  KeyRing ring;
  KeyShelf keys;
  std::string secret = minted("anna", {"shop.*"});
  std::string poor_secret = minted("ben", {"shop.price"});

  ~Stand() { std::fclose(log_file); }
  std::string minted(std::string name, std::vector<std::string> permissions) {
    auto minted_key = mint_key(std::move(name), std::move(permissions));
    (void)ring.add(minted_key->key);
    keys.put(ring);
    return minted_key->secret;
  }
  Needs needs() { return {all, keys, log, metrics, clock, Random(7), {}, {}}; }
  std::string logged() const {
    std::string text(1 << 16, '\0');
    std::rewind(log_file);
    text.resize(std::fread(text.data(), 1, text.size(), log_file));
    return text;
  }
};

}  // namespace puhui::http::shop
