#include "bank/serve.h"

#include <csignal>

#include "doors/http/server.h"
#include "doors/http/static_files.h"
#include "doors/http/stop_signal.h"

namespace puhui {

namespace {

struct ServeRequest {
  std::string listen = "127.0.0.1:8080";
  std::optional<std::string> keys, tls_certificate, tls_key, console;
  int64_t workers = 64;
};
void fields(Shape& shape, ServeRequest& request) {
  shape.field("listen", request.listen, {.help = "HOST:PORT", .min = 1, .max = 256, .optional = true});
  shape.field(
      "keys", request.keys,
      {.help = "file of API keys ('key add'), looked at again when it changes; without keys and users only this "
               "machine may call",
       .max = 4096});
  shape.field("tls_certificate", request.tls_certificate, {.help = "PEM file of the certificate chain", .max = 4096});
  shape.field("tls_key", request.tls_key, {.help = "PEM file of its key", .max = 4096});
  shape.field("console", request.console,
              {.help = "folder of the built console; the one beside the program when absent", .max = 4096});
  shape.field("workers", request.workers,
              {.help = "requests worked on at once", .min = 1, .max = 1024, .optional = true});
}

struct ServeAnswer {
  std::string stopped;
};
void fields(Shape& shape, ServeAnswer& answer) { shape.field("stopped", answer.stopped, {.help = "how it ended"}); }

std::string tell(const ServeAnswer& answer) { return "Stopped by " + answer.stopped + ".\n"; }

constexpr auto kKeysLookedAtEvery = std::chrono::seconds(1);

// The console that was named, or the one beside the program; none when it is not built.
Result<std::optional<http::StaticFiles>> console_files(const ServeNeeds& needs, const ServeRequest& request) {
  if (request.console) return TRY(http::StaticFiles::load(needs.files, *request.console));
  for (const std::string& folder : needs.console_folders) {
    auto found = http::StaticFiles::load(needs.files, folder);
    if (found) return *std::move(found);
    if (found.error().code != ErrorCode::not_found) return fail(std::move(found).error());
  }
  return std::nullopt;
}

Result<ServeAnswer> serve(const ServeNeeds& needs, const ServeRequest& request) {
  if (request.tls_certificate.has_value() != request.tls_key.has_value()) {
    return fail(ErrorCode::invalid, "tls_certificate", "expected certificate and key together, came one of them");
  }
  const auto stop = TRY(http::StopSignal::watch());
  http::Options options;
  options.listen = request.listen;
  options.workers = static_cast<size_t>(request.workers);
  if (request.tls_certificate) options.tls = http::Tls{*request.tls_certificate, *request.tls_key};
  http::KeyShelf keys;
  const std::string keys_name = request.keys.value_or(needs.keys_file);
  http::KeyFile keys_file(needs.files, keys_name, keys, needs.log);
  if (request.keys || needs.files.exists(keys_name)) TRY(keys_file.load());
  keys_file.watch(kKeysLookedAtEvery, &needs.bank.cpu().activity("http"));
  http::Sessions& sessions = needs.bank.sessions();
  if (!keys.ring() && !sessions.any_users()) options.keyless = Caller{"local", {"*"}};
  const auto console = TRY(console_files(needs, request));
  http::Server server({needs.bank.verbs(), keys, needs.log, needs.metrics, needs.clock, needs.random,
                       [&bank = needs.bank] { return bank.ready(); }, [&bank = needs.bank] { return bank.summary(); },
                       &needs.bank.cpu(), &sessions, console ? &*console : nullptr},
                      options);
  TRY(server.start());
  TRY(needs.bank.start_jobs());
  Housekeeping keeping({needs.log, needs.metrics, needs.bank.cpu()}, needs.bank.chores());
  const std::string scheme = options.tls ? "https" : "http";
  const std::string host = request.listen.substr(0, request.listen.rfind(':'));
  std::fprintf(stderr, "Puhui is open at %s://%s:%u/   (%s; stop it with Ctrl-C)\n", scheme.c_str(), host.c_str(),
               server.port(),
               options.keyless        ? "no keys and no users: only this machine may call"
               : sessions.any_users() ? "people sign in"
                                      : "API keys in force");
  const std::string signal = stop.wait() == SIGINT ? "SIGINT" : "SIGTERM";
  const bool all_done = server.stop();
  return ServeAnswer{signal + (all_done ? ": every request was answered" : ": some requests were cut off")};
}

struct KeyRequest {
  std::string name;
  std::vector<std::string> permissions;
  std::optional<std::string> keys;
};
void fields(Shape& shape, KeyRequest& request) {
  shape.field("name", request.name, {.help = "whose key: the caller's name in the evidence", .min = 1, .max = 64});
  shape.field("permissions", request.permissions,
              {.help = "such as lending.apply, lending.* or *", .min = 1, .max = 64});
  shape.field("keys", request.keys, {.help = "the file of API keys; the store's own when absent", .max = 4096});
}

struct KeyAnswer {
  std::string name, secret, keys;
};
void fields(Shape& shape, KeyAnswer& answer) {
  shape.field("name", answer.name);
  shape.field("secret", answer.secret, {.help = "shown this once; send it as 'Authorization: Bearer …'"});
  shape.field("keys", answer.keys, {.help = "the file that now holds its digest"});
}

}  // namespace

std::vector<Verb> serve_verbs(const ServeNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<ServeRequest, ServeAnswer>(
      {.noun = "serve",
       .verb = "",
       .help = "Open the HTTP door and answer until told to stop.",
       .effect = Effect::write,
       .repeat_key = "",
       .local_only = true},
      [needs](const VerbCall&, const ServeRequest& request) { return serve(*needs, request); }, tell));
  verbs.push_back(make_verb<KeyRequest, KeyAnswer>(
      {.noun = "key",
       .verb = "add",
       .help = "Mint an API key; its secret is shown once, its digest kept.",
       .effect = Effect::write,
       .repeat_key = "",
       .local_only = true},
      [needs](const VerbCall&, const KeyRequest& request) -> Result<KeyAnswer> {
        if (needs->bank.is_user(request.name)) {
          return fail(ErrorCode::conflict, "name",
                      "'" + request.name + "' is a user who signs in; a key needs a name of its own");
        }
        const std::string file = request.keys.value_or(needs->keys_file);
        const auto minted = TRY(http::mint_key_into(needs->files, file, request.name, request.permissions));
        return KeyAnswer{minted.key.name, minted.secret, file};
      }));
  return verbs;
}

}  // namespace puhui
