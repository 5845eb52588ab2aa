// Result and Error: what a function that can fail returns. A refusal by policy is not an Error.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace puhui {

// A closed set; each maps once to an HTTP status and an exit code (doors/).
enum class ErrorCode {
  invalid,      // the input is wrong: change it
  not_found,    // no such thing
  forbidden,    // the caller, or the permit, does not allow it
  conflict,     // it contradicts what is stored already
  exhausted,    // a named limit was reached
  unavailable,  // try again later: disk full, store away, shutting down
  corrupt,      // stored bytes are not what was written
  internal,     // a defect of ours
};
std::string_view name_of(ErrorCode code);

// One thing that is wrong, and where: a field path ("terms/rate"), "row 7, column PAY_0", "line 3".
struct Fault {
  std::string where;
  std::string message;  // what was expected, what came, what to do
  bool operator==(const Fault&) const = default;
};

// Carries every fault found, not only the first.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::vector<Fault> faults;

  // "invalid: terms/rate: expected …; amount: …" on one line.
  std::string text() const;
  bool operator==(const Error&) const = default;
};

template <class T>
using Result = std::expected<T, Error>;

// return fail(ErrorCode::invalid, "amount", "expected more than 0, came -5");
std::unexpected<Error> fail(ErrorCode code, std::string where, std::string message);
std::unexpected<Error> fail(ErrorCode code, std::string message);
inline std::unexpected<Error> fail(Error error) { return std::unexpected(std::move(error)); }

// Puts `where` in front of every fault's place: a reader of files names the file once, at its edge.
Error at(std::string_view where, Error error);

// Collects the faults of one input so that all of them can be reported together.
class Faults {
 public:
  void add(std::string where, std::string message);
  void add(std::string_view prefix, Error error);
  bool none() const { return faults_.empty(); }
  size_t size() const { return faults_.size(); }
  // Ok when there were none.
  Result<void> result(ErrorCode code = ErrorCode::invalid) &&;

 private:
  std::vector<Fault> faults_;
  size_t beyond_limit_ = 0;  // counted, not kept: a million bad rows must not fill memory
};

namespace detail {
template <class T>
T take(Result<T>&& result) {
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}
}  // namespace detail

}  // namespace puhui

// auto value = TRY(expression);  returns the error of `expression` from the enclosing function.
// The name is counted up so that a TRY may stand in a lambda inside another TRY.
#define TRY(expression) TRY_NAMED(PUHUI_JOIN(try_result_, __COUNTER__), expression)
#define TRY_NAMED(name, expression)                                 \
  ({                                                                \
    auto name = (expression);                                       \
    if (!name) return ::std::unexpected(::std::move(name).error()); \
    ::puhui::detail::take(::std::move(name));                       \
  })
#define PUHUI_JOIN(a, b) PUHUI_JOIN_AGAIN(a, b)
#define PUHUI_JOIN_AGAIN(a, b) a##b
