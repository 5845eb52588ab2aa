#include "doors/http/responder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doors/http/openapi.h"
#include "doors/http/shop_for_test.h"
#include "doors/http/start_page.h"

namespace puhui::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class ResponderTest : public testing::Test {
 protected:
  Response ask(Request request) { return ask(responder, std::move(request)); }
  static Response ask(Responder& door, Request request) {
    request.id = "r1";
    auto opened = door.open(request);
    if (auto* answered = std::get_if<Answered>(&opened)) return answered->response;
    return door.run(request, std::get<Work>(opened));
  }
  Request get(std::string target) {
    return {.method = "GET", .target = std::move(target), .host = "bank", .authorization = "Bearer " + stand.secret};
  }
  Request post(std::string target, std::string body) {
    return {.method = "POST",
            .target = std::move(target),
            .host = "bank",
            .authorization = "Bearer " + stand.secret,
            .content_type = "application/json",
            .body = std::move(body)};
  }
  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }

  shop::Stand stand;
  Needs needs = stand.needs();
  Options options;
  Responder responder{needs, options};
};

constexpr const char* kOrder = "0193a5c2-7b1e-7c3d-8f00-5a1b2c3d4e5f";
constexpr const char* kOther = "0193a5c2-7b1e-7c3d-8f00-000000000000";

TEST_F(ResponderTest, a_read_verb_answers_get_and_post) {
  EXPECT_EQ(ask(get("/v1/shop/price?item=tea&count=3")).body, R"({"item":"tea","price_minor":750})");
  EXPECT_EQ(ask(post("/v1/shop/price", R"({"item":"tea"})")).body, R"({"item":"tea","price_minor":250})");
}

TEST_F(ResponderTest, a_write_verb_answers_post_only) {
  const Response wrong = ask(get("/v1/shop/order?item=tea"));
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(header(wrong, "Allow"), "POST, OPTIONS");
  const std::string body = std::string(R"({"order":")") + kOrder + R"(","item":"tea"})";
  EXPECT_EQ(ask(post("/v1/shop/order", body)).status, 200);
}

TEST_F(ResponderTest, every_fault_of_an_input_is_in_the_problem) {
  const Response response = ask(get("/v1/shop/price?itm=x&count=101"));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.content_type, "application/problem+json");
  const auto body = parse_json(response.body);
  ASSERT_TRUE(body);
  EXPECT_EQ(*body->find("type")->text(), "urn:puhui:problem:invalid");
  EXPECT_EQ(*body->find("instance")->text(), "r1");
  EXPECT_EQ(print_json(*body->find("faults")),
            R"([{"where":"itm","message":"is not a known field; did you mean 'item'?"},)"
            R"({"where":"item","message":"is required: what is bought"},)"
            R"({"where":"count","message":"expected a whole number from 1 to 100, came 101"}])");
}

TEST_F(ResponderTest, each_error_code_has_its_status_and_keeps_internals) {
  const std::vector<std::pair<std::string, int>> table = {{"invalid", 400},  {"not_found", 404}, {"forbidden", 403},
                                                          {"conflict", 409}, {"exhausted", 429}, {"unavailable", 503},
                                                          {"corrupt", 500},  {"internal", 500}};
  for (const auto& [code, status] : table) {
    const Response response = ask(get("/v1/shop/fail?code=" + code));
    EXPECT_EQ(response.status, status) << code;
    EXPECT_THAT(response.body, HasSubstr("urn:puhui:problem:" + code));
    const bool told = code != "unavailable" && code != "corrupt" && code != "internal";
    EXPECT_EQ(response.body.find("secret-detail") != std::string::npos, told) << code;
    EXPECT_EQ(header(response, "Retry-After"), code == "unavailable" ? "1" : "") << code;
  }
  EXPECT_THAT(stand.logged(), HasSubstr("secret-detail")) << "what the caller is not told is in the log";
}

TEST_F(ResponderTest, an_exception_becomes_an_internal_problem) {
  const Response response = ask(get("/v1/shop/throw"));
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, Not(HasSubstr("secret-detail")));
  EXPECT_THAT(stand.logged(), HasSubstr("secret-detail"));
}

TEST_F(ResponderTest, a_caller_without_key_is_401_and_without_permission_403) {
  for (const char* authorization : {"", "Bearer wrong", "Basic YTpi", "Bearer "}) {
    Request request = get("/v1/shop/price?item=tea");
    request.authorization = authorization;
    const Response response = ask(request);
    EXPECT_EQ(response.status, 401) << authorization;
    EXPECT_THAT(header(response, "WWW-Authenticate"), HasSubstr("Bearer"));
  }
  Request poor = post("/v1/shop/close", "{}");
  poor.authorization = "bearer " + stand.poor_secret;
  EXPECT_EQ(ask(poor).status, 403);
  poor.target = "/v1/shop/price";
  poor.body = R"({"item":"tea"})";
  EXPECT_EQ(ask(poor).status, 200) << "the scheme's case does not matter";
}

TEST_F(ResponderTest, a_keyless_caller_is_known_on_this_machine_only) {
  options.keyless = Caller{"local", {"*"}};
  const KeyShelf no_keys;
  const Needs without_keys{stand.all, no_keys, stand.log, stand.metrics, stand.clock, Random(7), {}, {}};
  Responder keyless(without_keys, options);
  Request request = get("/v1/shop/price?item=tea");
  request.authorization = "";
  for (const auto& [host, status] : std::vector<std::pair<std::string, int>>{
           {"localhost:8080", 200}, {"127.0.0.1:1", 200}, {"[::1]:8080", 200}, {"evil.example", 401}, {"", 401}}) {
    request.host = host;
    EXPECT_EQ(ask(keyless, request).status, status) << host;
  }
  request.host = "localhost";
  request.authorization = "Bearer wrong";
  EXPECT_EQ(ask(keyless, request).status, 401) << "a wrong key is not no key";
  request.authorization = "";
  EXPECT_EQ(ask(request).status, 401) << "where there are keys, one is needed";
}

TEST_F(ResponderTest, the_idempotency_key_fills_the_field) {
  Request request = post("/v1/shop/order", R"({"item":"tea"})");
  EXPECT_THAT(ask(request).body, HasSubstr(R"({"where":"order","message":"is required: your id of the order"})"));
  for (const std::string& key : {std::string(kOrder), '"' + std::string(kOrder) + '"'}) {
    request.idempotency_key = key;
    EXPECT_EQ(ask(request).body, std::string(R"({"order":")") + kOrder + R"(","item":"tea","tags":[]})");
  }
  request.idempotency_key = "no id";
  EXPECT_EQ(ask(request).status, 400);
  request.idempotency_key = "";
  EXPECT_EQ(ask(request).status, 400);
}

TEST_F(ResponderTest, the_idempotency_key_must_not_differ_from_the_body) {
  Request request = post("/v1/shop/order", std::string(R"({"item":"tea","order":")") + kOrder + "\"}");
  request.idempotency_key = kOrder;
  EXPECT_EQ(ask(request).status, 200);
  request.idempotency_key = kOther;
  const Response differs = ask(request);
  EXPECT_EQ(differs.status, 400);
  EXPECT_THAT(differs.body, HasSubstr("differs from the header Idempotency-Key"));
}

TEST_F(ResponderTest, a_write_that_knows_no_repeats_refuses_the_idempotency_key) {
  Request request = post("/v1/shop/close", "");
  EXPECT_EQ(ask(request).status, 200);
  request.idempotency_key = kOrder;
  EXPECT_EQ(ask(request).status, 400);
}

TEST_F(ResponderTest, a_body_must_say_that_it_is_json_and_be_it) {
  Request request = post("/v1/shop/price", R"({"item":"tea"})");
  request.content_type = "text/plain";
  EXPECT_EQ(ask(request).status, 415);
  request.content_type = "Application/JSON; charset=utf-8";
  EXPECT_EQ(ask(request).status, 200);
  request.body = R"({"item":)";
  EXPECT_THAT(ask(request).body, HasSubstr("line 1, column"));
  request.body = R"({"item":"a","item":"b"})";
  EXPECT_EQ(ask(request).status, 400);
  request.body = "[]";
  EXPECT_EQ(ask(request).status, 400);
  request.body = std::string(100'000, '[');
  EXPECT_EQ(ask(request).status, 400);
}

TEST_F(ResponderTest, fields_come_in_one_place) {
  EXPECT_EQ(ask(post("/v1/shop/price?count=2", R"({"item":"tea"})")).status, 400);
  Request with_body = get("/v1/shop/price?item=tea");
  with_body.body = "{}";
  EXPECT_EQ(ask(with_body).status, 400);
}

TEST_F(ResponderTest, an_unknown_path_says_the_nearest) {
  const Response response = ask(get("/v1/shop/prise"));
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr("did you mean '/v1/shop/price'?"));
  EXPECT_EQ(ask(get("/v1/shop/sweep")).status, 404) << "a verb for local files is not served";
  EXPECT_EQ(ask(get("/v1/shop/price/")).status, 404);
  EXPECT_EQ(ask(get("/v1%2Fshop/price?item=a")).status, 400);
}

TEST_F(ResponderTest, options_names_the_methods) {
  Request request{.method = "OPTIONS", .target = "/v1/shop/price"};
  EXPECT_EQ(header(ask(request), "Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(ask(request).status, 204);
  request.target = "*";
  EXPECT_EQ(ask(request).status, 204);
  request.method = "DELETE";
  request.target = "/v1/shop/price";
  EXPECT_EQ(ask(request).status, 405);
}

TEST_F(ResponderTest, more_of_one_verb_than_its_limit_waits_outside) {
  options.limits.verb_in_flight_max = 1;
  Request request = get("/v1/shop/price?item=tea");
  {
    const auto first = responder.open(request);
    ASSERT_TRUE(std::holds_alternative<Work>(first));
    EXPECT_EQ(ask(request).status, 503);
    EXPECT_EQ(ask(get("/v1/shop/fail?code=conflict")).status, 409) << "its neighbour goes on";
  }
  EXPECT_EQ(ask(request).status, 200);
}

TEST_F(ResponderTest, probes_and_pages_need_no_key) {
  for (const char* path : {"/", "/healthz", "/readyz", "/metrics", "/openapi.json"}) {
    EXPECT_EQ(ask({.method = "GET", .target = path}).status, 200) << path;
  }
  needs.ready = [] { return fail(ErrorCode::unavailable, "secret-detail"); };
  const Response response = ask({.method = "GET", .target = "/readyz"});
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, Not(HasSubstr("secret-detail")));
}

TEST_F(ResponderTest, the_log_has_no_query_and_no_body) {
  Request request = get("/v1/shop/price?item=secret-item");
  request.id = "r2";
  auto opened = responder.open(request);
  Work& work = std::get<Work>(opened);
  responder.record(request, *work.route, responder.run(request, work), work.caller.get(), 5'000);
  const std::string log = stand.logged();
  EXPECT_THAT(log, HasSubstr(R"("route":"shop.price","status":200,"caller":"anna")"));
  EXPECT_THAT(log, Not(HasSubstr("secret-item")));
  EXPECT_THAT(stand.metrics.text(), HasSubstr(R"(puhui_http_requests_total{route="shop.price",status="200"} 1)"));
}

TEST_F(ResponderTest, openapi_describes_what_is_served) {
  const auto api = parse_json(ask({.method = "GET", .target = "/openapi.json"}).body);
  ASSERT_TRUE(api) << api.error().text();
  EXPECT_EQ(*api->find("openapi")->text(), "3.1.0");
  const Json& paths = *api->find("paths");
  EXPECT_EQ(paths.find("/v1/shop/sweep"), nullptr);
  const Json* order = paths.find("/v1/shop/order")->find("post");
  EXPECT_THAT(print_json(*order->find("parameters")), HasSubstr("IdempotencyKey"));
  EXPECT_THAT(print_json(*order->find("requestBody")), HasSubstr(R"("required":["order","item"])"));
  EXPECT_THAT(print_json(*order->find("responses")), HasSubstr("#/components/responses/Problem"));
  EXPECT_EQ(paths.find("/v1/shop/order")->find("get"), nullptr);
  EXPECT_THAT(
      print_json(*paths.find("/v1/shop/price")->find("get")->find("parameters")),
      HasSubstr(
          R"({"name":"count","in":"query","required":false,"schema":{"type":"integer","minimum":1,"maximum":100}})"));
  EXPECT_THAT(print_json(*api->find("components")), HasSubstr(R"("scheme":"bearer")"));
}

TEST_F(ResponderTest, each_reference_in_openapi_leads_somewhere) {
  const std::string text = ask({.method = "GET", .target = "/openapi.json"}).body;
  const auto api = parse_json(text);
  size_t references = 0;
  for (size_t at = 0; (at = text.find("\"#/", at)) != std::string::npos; ++references) {
    const std::string path = text.substr(at + 3, text.find('"', at + 3) - at - 3);
    at += 3;
    const Json* node = &*api;
    for (size_t from = 0; node != nullptr && from <= path.size();) {
      const size_t to = std::min(path.find('/', from), path.size());
      node = node->find(path.substr(from, to - from));
      from = to + 1;
    }
    EXPECT_NE(node, nullptr) << path;
  }
  EXPECT_GT(references, 5u);
}

TEST_F(ResponderTest, the_start_page_lists_verbs_and_the_summary_escaped) {
  needs.summary = [] { return Json(Json::Object{{"loans_active", Json(7)}, {"note", Json("<script>")}}); };
  const Response page = ask({.method = "GET", .target = "/"});
  EXPECT_THAT(page.body, HasSubstr("/v1/shop/price"));
  EXPECT_THAT(page.body, HasSubstr("<th>loans active</th><td>7</td>"));
  EXPECT_THAT(page.body, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(page.body, Not(HasSubstr("<script")));
  EXPECT_THAT(page.body, Not(HasSubstr("http://"))) << "nothing is fetched from elsewhere";
  EXPECT_THAT(header(page, "Content-Security-Policy"), HasSubstr("default-src 'none'"));
}

TEST(Message, an_http_date_is_as_the_rfc_has_it) {
  EXPECT_EQ(http_date(Timestamp{784'111'777'000'000}), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(Timestamp{0}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(Timestamp{-1}), "Wed, 31 Dec 1969 23:59:59 GMT");
}

TEST(Message, only_a_plain_request_id_is_kept) {
  EXPECT_TRUE(is_request_id("a-B_9."));
  for (const std::string& bad : {std::string(""), std::string("a b"), std::string("a\r\nb"), std::string(65, 'a')}) {
    EXPECT_FALSE(is_request_id(bad));
  }
}

TEST(Message, head_has_the_length_and_no_body) {
  const Response response{.body = "12345"};
  const std::string bytes = wire_bytes(response, "HEAD", "r", Timestamp{}, Connection::keep);
  EXPECT_THAT(bytes, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_TRUE(bytes.ends_with("\r\n\r\n"));
  EXPECT_TRUE(wire_bytes(response, "GET", "r", Timestamp{}, Connection::close).ends_with("close\r\n\r\n12345"));
}

}  // namespace
}  // namespace puhui::http
