// What a browser does at the door: signing in, reading, writing with the csrf, files of the console, long work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "doors/http/responder.h"
#include "doors/http/shop_for_test.h"
#include "doors/http/visitors_for_test.h"

namespace puhui::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class BrowserTest : public testing::Test {
 protected:
  BrowserTest() {
    visitors.add("wang", {"shop.*"}, "<script>alert('王')</script>");
    visitors.add("poor", {"shop.price"});
    needs.sessions = &visitors;
  }
  ~BrowserTest() override { stand.gate.open(); }

  Response ask(Request request) {
    request.id = "r1";
    auto opened = responder.open(request);
    if (auto* answered = std::get_if<Answered>(&opened)) return answered->response;
    return responder.run(request, std::get<Work>(opened));
  }
  static Request get(std::string target) { return {.method = "GET", .target = std::move(target), .host = "bank:8080"}; }
  static Request post(std::string target, std::string body) {
    return {.method = "POST",
            .target = std::move(target),
            .host = "bank:8080",
            .content_type = "application/json",
            .origin = "http://bank:8080",
            .fetch_site = "same-origin",
            .body = std::move(body),
            .peer = "10.1.2.3"};
  }
  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }
  static std::string type_of(const Response& response) {
    const auto body = parse_json(response.body);
    return body && body->find("type") ? *body->find("type")->text() : "no problem";
  }
  Response sign_in(const std::string& name, const std::string& password = "the password") {
    return ask(post("/session", R"({"name":")" + name + R"(","password":")" + password + "\"}"));
  }
  // A request as the console of that person sends it.
  struct Console {
    std::string cookie, csrf;
    Request operator()(Request request) const {
      request.cookie = cookie;
      request.csrf = csrf;
      return request;
    }
  };
  Console console_of(const std::string& name) {
    const Response response = sign_in(name);
    EXPECT_EQ(response.status, 200) << response.body;
    const std::string cookie = header(response, "Set-Cookie");
    return {"theme=dark; " + cookie.substr(0, cookie.find(';')), *parse_json(response.body)->find("csrf")->text()};
  }

  shop::Stand stand;
  shop::Visitors visitors{stand.clock};
  Needs needs = stand.needs();
  Options options;
  Responder responder{needs, options};
};

// ---- /session

TEST_F(BrowserTest, signing_in_sets_a_cookie_that_no_script_reads_and_answers_who_it_is) {
  const Response response = sign_in("wang");
  EXPECT_EQ(header(response, "Set-Cookie"), "puhui_session=token-1; Path=/; HttpOnly; SameSite=Strict");
  EXPECT_EQ(visitors.last_peer, "10.1.2.3");
  const auto body = parse_json(response.body);
  ASSERT_TRUE(body) << response.body;
  for (const char* name :
       {"name", "display_name", "roles", "permissions", "csrf", "expires_at", "must_change_password", "has_key"}) {
    EXPECT_NE(body->find(name), nullptr) << name;
  }
  EXPECT_EQ(*body->find("csrf")->text(), "csrf of token-1");
  EXPECT_THAT(response.body, Not(HasSubstr("\"token-1\""))) << "the token is the cookie's alone";
}

TEST_F(BrowserTest, under_tls_the_cookie_is_secure) {
  options.tls = Tls{"c", "k"};
  const Response response = sign_in("wang");
  EXPECT_THAT(header(response, "Set-Cookie"), HasSubstr("; Secure"));
  EXPECT_EQ(header(response, "Strict-Transport-Security"), "max-age=31536000");
}

TEST_F(BrowserTest, script_in_a_name_comes_back_as_data) {
  const Response response = sign_in("wang");
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(*parse_json(response.body)->find("display_name")->text(), "<script>alert('王')</script>");
  const Response shown = ask(console_of("wang")(get("/v1/shop/price?item=%3Cb%3E%22x")));
  EXPECT_EQ(shown.body, R"({"item":"<b>\"x","price_minor":250})");
  EXPECT_THAT(ask(get("/start")).body, Not(HasSubstr("<script")));
}

TEST_F(BrowserTest, a_wrong_password_is_401_and_too_many_are_429) {
  for (int i = 0; i < 3; ++i) {
    const Response wrong = sign_in(i == 1 ? "nobody" : "wang", "not the password");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(type_of(wrong), "urn:puhui:problem:unauthenticated");
    EXPECT_THAT(wrong.body, HasSubstr("name or password is wrong"));
    EXPECT_EQ(header(wrong, "Set-Cookie"), "");
  }
  const Response locked = sign_in("wang");
  EXPECT_EQ(locked.status, 429);
  EXPECT_THAT(locked.body, HasSubstr("the next try may come in 8 s"));
}

TEST_F(BrowserTest, a_sign_in_must_be_json_from_our_own_page) {
  Request request = post("/session", R"({"name":"wang","password":"the password"})");
  request.content_type = "application/x-www-form-urlencoded";
  EXPECT_EQ(ask(request).status, 415);
  request = post("/session", R"({"name":"wang","password":"the password"})");
  request.origin = "http://evil.example";
  EXPECT_EQ(ask(request).status, 403) << "nobody is signed in as the attacker";
  EXPECT_EQ(ask(post("/session", R"({"name":"wang"})")).status, 400);
  EXPECT_EQ(ask(post("/session", "{" + std::string(5000, ' ') + "}")).status, 413);
  EXPECT_EQ(ask(post("/session", "")).status, 400);
}

TEST_F(BrowserTest, who_am_i_and_signing_out) {
  EXPECT_EQ(type_of(ask(get("/session"))), "urn:puhui:problem:unauthenticated");
  const Console wang = console_of("wang");
  EXPECT_THAT(ask(wang(get("/session"))).body, HasSubstr(R"("name":"wang")"));
  Request out = wang(get("/session"));
  out.method = "DELETE";
  out.origin = "http://bank:8080";
  Request forged = out;
  forged.csrf = "";
  EXPECT_EQ(ask(forged).status, 403);
  const Response gone = ask(out);
  EXPECT_EQ(gone.status, 204);
  EXPECT_THAT(header(gone, "Set-Cookie"), HasSubstr("puhui_session=; "));
  EXPECT_THAT(header(gone, "Set-Cookie"), HasSubstr("Max-Age=0"));
  EXPECT_EQ(type_of(ask(wang(get("/session")))), "urn:puhui:problem:session_expired");
}

TEST_F(BrowserTest, signing_in_anew_ends_the_session_before) {
  const Console first = console_of("wang");
  Request again = first(post("/session", R"({"name":"poor","password":"the password"})"));
  EXPECT_EQ(ask(again).status, 200);
  EXPECT_EQ(ask(first(get("/v1/shop/price?item=tea"))).status, 401);
}

TEST_F(BrowserTest, without_users_the_console_is_told_so_and_a_local_call_needs_nothing) {
  shop::Visitors nobody(stand.clock);
  const KeyShelf no_keys;
  needs.sessions = &nobody;
  options.keyless = Caller{"local", {"*"}};
  const Needs bare{stand.all, no_keys, stand.log, stand.metrics, stand.clock, Random(7), {}, {}, nullptr, &nobody};
  Responder door(bare, options);
  const auto answer = [&](Request request) {
    auto opened = door.open(request);
    if (auto* answered = std::get_if<Answered>(&opened)) return answered->response;
    return door.run(request, std::get<Work>(opened));
  };
  Request price = get("/v1/shop/price?item=tea");
  price.host = "localhost:8080";
  EXPECT_EQ(answer(price).status, 200);
  price.cookie = "puhui_session=of-another-bank";
  EXPECT_EQ(answer(price).status, 200) << "a cookie left over from elsewhere shuts nobody out";
  EXPECT_EQ(type_of(answer(get("/session"))), "urn:puhui:problem:no_users");
  EXPECT_THAT(answer(get("/session")).body, HasSubstr("puhui user add"));
  nobody.add("anna", {"*"});
  price.cookie = "";
  EXPECT_EQ(answer(price).status, 401) << "from the first user on everybody says who they are";
}

// ---- reading and writing

TEST_F(BrowserTest, a_session_reads_and_writes_by_its_rights) {
  const Console wang = console_of("wang"), poor = console_of("poor");
  EXPECT_EQ(ask(wang(get("/v1/shop/price?item=tea"))).status, 200);
  EXPECT_EQ(ask(wang(post("/v1/shop/close", "{}"))).status, 200);
  EXPECT_EQ(ask(poor(get("/v1/shop/price?item=tea"))).status, 200);
  const Response refused = ask(poor(post("/v1/shop/close", "{}")));
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("who is signed in has no permission 'shop.close'"));
  EXPECT_EQ(visitors.refusals, (std::vector<std::string>{"poor shop.close"})) << "and it is written down";
}

TEST_F(BrowserTest, a_write_without_the_sessions_csrf_is_403_and_says_so) {
  const Console wang = console_of("wang"), poor = console_of("poor");
  for (const std::string& csrf : {std::string(), poor.csrf, wang.csrf + "x", std::string("csrf")}) {
    Request request = wang(post("/v1/shop/close", "{}"));
    request.csrf = csrf;
    const Response refused = ask(request);
    EXPECT_EQ(refused.status, 403) << csrf;
    EXPECT_THAT(refused.body, HasSubstr(R"("where":"X-Puhui-Csrf")"));
  }
  Request read = wang(get("/v1/shop/price?item=tea"));
  read.csrf = "";
  EXPECT_EQ(ask(read).status, 200) << "reads need none";
}

TEST_F(BrowserTest, a_write_from_another_origin_is_403_though_it_knows_the_csrf) {
  const Console wang = console_of("wang");
  const auto status = [&](const std::string& origin, const std::string& site) {
    Request request = wang(post("/v1/shop/close", "{}"));
    request.origin = origin;
    request.fetch_site = site;
    return ask(request).status;
  };
  EXPECT_EQ(status("http://bank:8080", "same-origin"), 200);
  EXPECT_EQ(status("http://BANK:8080", ""), 200);
  EXPECT_EQ(status("", "same-origin"), 200);
  EXPECT_EQ(status("", ""), 403) << "a browser says one of them";
  EXPECT_EQ(status("null", ""), 403);
  EXPECT_EQ(status("http://bank:9090", ""), 403) << "another port is another origin";
  EXPECT_EQ(status("http://evil.example", "same-origin"), 403);
  EXPECT_EQ(status("http://bank:8080", "same-site"), 403);
  EXPECT_EQ(status("http://bank:8080", "cross-site"), 403);
}

TEST_F(BrowserTest, a_session_that_idles_ends_with_a_code_of_its_own) {
  const Console wang = console_of("wang");
  stand.clock.advance_us(shop::Visitors::kIdleUs - 1);
  EXPECT_EQ(ask(wang(get("/v1/shop/price?item=tea"))).status, 200);
  stand.clock.advance_us(shop::Visitors::kIdleUs - 1);
  Request poll = wang(get("/v1/shop/price?item=tea"));
  poll.background = true;
  EXPECT_EQ(ask(poll).status, 200);
  stand.clock.advance_us(1);
  const Response ended = ask(wang(post("/v1/shop/close", "{}")));
  EXPECT_EQ(ended.status, 401) << "what a page asks on its own does not count";
  EXPECT_EQ(type_of(ended), "urn:puhui:problem:session_expired");
  EXPECT_THAT(ended.body, HasSubstr("sign in again"));
}

TEST_F(BrowserTest, a_session_revoked_in_mid_flight_lets_the_request_end_and_no_other_begin) {
  const Console wang = console_of("wang");
  Response answered;
  {
    std::jthread running([&] { answered = ask(wang(get("/v1/shop/wait"))); });
    stand.gate.wait_for(1);
    visitors.end_all();
    EXPECT_EQ(ask(wang(get("/v1/shop/price?item=tea"))).status, 401);
    stand.gate.open();
  }
  EXPECT_EQ(answered.status, 200) << "its caller lives as long as it does";
}

TEST_F(BrowserTest, a_key_goes_on_as_before_beside_the_sessions) {
  Request request = post("/v1/shop/close", "{}");
  request.origin = request.fetch_site = "";
  request.authorization = "Bearer " + stand.secret;
  EXPECT_EQ(ask(request).status, 200) << "a program sends neither cookie nor csrf";
  request.authorization = "Bearer wrong";
  const Console wang = console_of("wang");
  EXPECT_EQ(ask(wang(request)).status, 401) << "a wrong key is not made good by a cookie";
}

TEST_F(BrowserTest, two_session_cookies_are_none) {
  const Console wang = console_of("wang");
  Request request = wang(get("/v1/shop/price?item=tea"));
  request.cookie += "; puhui_session=another";
  EXPECT_EQ(ask(request).status, 401);
}

// ---- long work

class JobTest : public BrowserTest {
 protected:
  std::string begin(const Console& console, const std::string& target, const std::string& body = "{}") {
    Request request = console(post(target, body));
    request.prefer = "respond-async";
    const Response response = ask(request);
    EXPECT_EQ(response.status, 202) << response.body;
    EXPECT_EQ(header(response, "Preference-Applied"), "respond-async");
    return *parse_json(response.body)->find("job")->text();
  }
  std::string state(const Console& console, const std::string& job) {
    return *parse_json(ask(console(get("/job?id=" + job))).body)->find("state")->text();
  }
  Response end_of(const Console& console, const std::string& job) {
    for (int i = 0; i < 5'000; ++i) {
      const Response response = ask(console(get("/job?id=" + job)));
      const auto body = parse_json(response.body);
      if (body && body->find("state") && *body->find("state")->text() != "running" &&
          *body->find("state")->text() != "waiting") {
        return response;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ADD_FAILURE() << "the job does not end";
    return {};
  }
  Response forget(const Console& console, const std::string& job) {
    Request request = console(post("/job?id=" + job, ""));
    request.method = "DELETE";
    return ask(request);
  }
};

TEST_F(JobTest, a_long_verb_shows_its_progress_and_then_its_answer) {
  const Console wang = console_of("wang");
  const std::string job = begin(wang, "/v1/shop/count");
  stand.gate.wait_for(1);
  const auto at = parse_json(ask(wang(get("/job?id=" + job))).body);
  ASSERT_TRUE(at);
  EXPECT_EQ(print_json(*at), R"({"job":")" + job + R"(","state":"running","what":"counting","done":3,"total":10})");
  stand.gate.open();
  EXPECT_THAT(end_of(wang, job).body,
              HasSubstr(R"("state":"done","what":"counting","done":3,"total":10,"answer":{}})"));
}

TEST_F(JobTest, a_failed_verb_leaves_its_problem) {
  const Console wang = console_of("wang");
  const auto failed = parse_json(end_of(wang, begin(wang, "/v1/shop/fail", R"({"code":"conflict"})")).body);
  EXPECT_EQ(*failed->find("state")->text(), "failed");
  EXPECT_EQ(*failed->find("problem")->find("type")->text(), "urn:puhui:problem:conflict");
  const auto thrown = parse_json(end_of(wang, begin(wang, "/v1/shop/throw")).body);
  EXPECT_EQ(*thrown->find("problem")->find("type")->text(), "urn:puhui:problem:internal");
}

TEST_F(JobTest, a_faulty_input_is_refused_at_once) {
  const Console wang = console_of("wang");
  Request request = wang(post("/v1/shop/price", R"({"itm":"tea"})"));
  request.prefer = "respond-async";
  EXPECT_EQ(ask(request).status, 400);
}

TEST_F(JobTest, only_its_caller_sees_a_job) {
  const Console wang = console_of("wang"), poor = console_of("poor");
  const std::string job = begin(wang, "/v1/shop/price", R"({"item":"tea"})");
  EXPECT_EQ(end_of(wang, job).status, 200);
  EXPECT_EQ(ask(poor(get("/job?id=" + job))).status, 404);
  EXPECT_EQ(forget(poor, job).status, 404);
  EXPECT_EQ(ask(get("/job?id=" + job)).status, 401);
  Request by_key = get("/job?id=" + job);
  by_key.authorization = "Bearer " + stand.minted("wang", {"*"});
  EXPECT_EQ(ask(by_key).status, 404) << "a key of the same name is another caller";
  EXPECT_EQ(ask(console_of("wang")(get("/job?id=" + job))).status, 200) << "the person, in a new session";
}

TEST_F(JobTest, a_job_is_forgotten_when_told_and_after_its_time) {
  const Console wang = console_of("wang");
  const std::string told = begin(wang, "/v1/shop/price", R"({"item":"tea"})");
  const std::string left = begin(wang, "/v1/shop/price", R"({"item":"tea"})");
  end_of(wang, told);
  end_of(wang, left);
  Request forged = wang(post("/job?id=" + told, ""));
  forged.method = "DELETE";
  forged.csrf = "";
  EXPECT_EQ(ask(forged).status, 403);
  EXPECT_EQ(forget(wang, told).status, 204);
  EXPECT_EQ(ask(wang(get("/job?id=" + told))).status, 404);
  stand.clock.advance_us(shop::Visitors::kIdleUs - 1);
  EXPECT_EQ(ask(wang(get("/job?id=" + left))).status, 200);
  stand.clock.advance_us(1);
  EXPECT_EQ(ask(wang(get("/job?id=" + left))).status, 404);
}

TEST_F(JobTest, a_caller_has_so_many_jobs) {
  const Console wang = console_of("wang"), poor = console_of("poor");
  std::vector<std::string> jobs;
  for (size_t i = 0; i < options.limits.jobs.of_a_caller_max; ++i) jobs.push_back(begin(wang, "/v1/shop/wait"));
  stand.gate.wait_for(static_cast<int>(options.limits.jobs.at_once));
  EXPECT_EQ(state(wang, jobs[0]), "running");
  EXPECT_EQ(state(wang, jobs.back()), "waiting");
  Request more = wang(post("/v1/shop/wait", "{}"));
  more.prefer = "respond-async";
  EXPECT_EQ(ask(more).status, 429);
  begin(poor, "/v1/shop/price", R"({"item":"tea"})");
  EXPECT_EQ(forget(wang, jobs.back()).status, 204);
  EXPECT_EQ(ask(more).status, 202);
  stand.gate.open();
}

TEST_F(JobTest, a_job_that_is_not_named_well_is_400) {
  const Console wang = console_of("wang");
  for (const char* target : {"/job", "/job?id=", "/job?id=nonsense", "/job?x=1", "/job?id=1&id=2"}) {
    EXPECT_EQ(ask(wang(get(target))).status, 400) << target;
  }
}

}  // namespace
}  // namespace puhui::http
