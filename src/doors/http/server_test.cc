// Real sockets on the loopback; the only waits are for the server's own short limits.
#include "doors/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <thread>

#include "doors/http/client_for_test.h"
#include "doors/http/shop_for_test.h"
#include "doors/http/visitors_for_test.h"
#include "ground/base/json.h"

namespace puhui::http {
namespace {

using testing::HasSubstr;

class ServerTest : public testing::Test {
 protected:
  void SetUp() override {
    options.listen = "127.0.0.1:0";
    options.workers = 4;
    options.limits.drain_ms_max = 5'000;
  }
  void TearDown() override { stand.gate.open(); }
  Server& start() {
    server.emplace(stand.needs(), options);
    const auto started = server->start();
    EXPECT_TRUE(started) << started.error().text();
    return *server;
  }
  std::string get(const std::string& target, const std::string& more = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: bank\r\nAuthorization: Bearer " + stand.secret + "\r\n" + more +
           "\r\n";
  }
  std::string post(const std::string& target, const std::string& body, const std::string& more = "") {
    return "POST " + target + " HTTP/1.1\r\nHost: bank\r\nAuthorization: Bearer " + stand.secret +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more +
           "\r\n" + body;
  }

  void wait_for_metric(const std::string& line) {
    for (int i = 0; i < 5'000 && stand.metrics.text().find(line) == std::string::npos; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ASSERT_THAT(stand.metrics.text(), HasSubstr(line));
  }

  shop::Stand stand;
  Options options;
  std::optional<Server> server;
};

TEST_F(ServerTest, a_verb_is_answered_with_the_usual_headers) {
  TestClient client(start().port());
  const std::string response = client.ask(get("/v1/shop/price?item=tea", "X-Request-Id: mine-7\r\n"));
  EXPECT_EQ(response,
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\n"
            "Content-Length: 32\r\nX-Request-Id: mine-7\r\nCache-Control: no-store\r\n"
            "X-Content-Type-Options: nosniff\r\nConnection: keep-alive\r\n\r\n"
            R"({"item":"tea","price_minor":250})");
}

TEST_F(ServerTest, one_connection_serves_many_requests) {
  TestClient client(start().port());
  for (int i = 1; i <= 100; ++i) {
    const auto response = client.ask(post("/v1/shop/price", R"({"item":"tea","count":)" + std::to_string(i) + "}"));
    ASSERT_THAT(response, HasSubstr("\"price_minor\":" + std::to_string(250 * i)));
  }
}

TEST_F(ServerTest, pipelined_requests_are_answered_in_their_order) {
  TestClient client(start().port());
  std::string all;
  for (int i = 1; i <= 50; ++i) {
    all += i % 2 ? get("/v1/shop/price?item=tea&count=" + std::to_string(i))
                 : post("/v1/shop/price", R"({"item":"tea","count":)" + std::to_string(i) + "}");
  }
  ASSERT_TRUE(client.send(all));
  for (int i = 1; i <= 50; ++i)
    ASSERT_THAT(client.response(), HasSubstr("\"price_minor\":" + std::to_string(250 * i) + "}"));
}

TEST_F(ServerTest, a_request_may_come_byte_by_byte_and_chunked) {
  TestClient client(start().port());
  for (const char c : get("/v1/shop/price?item=tea")) ASSERT_TRUE(client.send({&c, 1}));
  EXPECT_EQ(status_of(client.response()), "200");
  EXPECT_THAT(
      client.ask("POST /v1/shop/price HTTP/1.1\r\nHost: b\r\nContent-Type: application/json\r\nAuthorization: Bearer " +
                 stand.secret + "\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"item\":\r\n6\r\n\"tea\"}\r\n0\r\n\r\n"),
      HasSubstr("\"price_minor\":250"));
}

TEST_F(ServerTest, expect_continue_is_answered_before_the_body) {
  TestClient client(start().port());
  const std::string whole = post("/v1/shop/price", R"({"item":"tea"})", "Expect: 100-continue\r\n");
  const size_t head = whole.find("\r\n\r\n") + 4;
  EXPECT_EQ(client.ask(whole.substr(0, head)), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(status_of(client.ask(whole.substr(head))), "200");
}

TEST_F(ServerTest, head_is_answered_without_a_body) {
  TestClient client(start().port());
  ASSERT_TRUE(client.send("HEAD /healthz HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n"));
  const std::string everything = client.response() + client.response();
  EXPECT_THAT(everything, HasSubstr("Content-Length: 3\r\n"));
  EXPECT_TRUE(everything.ends_with("\r\n\r\n")) << everything;
}

TEST_F(ServerTest, the_client_decides_whether_the_connection_stays) {
  start();
  TestClient closing(server->port());
  EXPECT_THAT(closing.ask(get("/healthz", "Connection: close\r\n")), HasSubstr("Connection: close"));
  EXPECT_TRUE(closing.is_closed());
  TestClient old(server->port());
  EXPECT_THAT(old.ask("GET /healthz HTTP/1.0\r\n\r\n"), HasSubstr("200 OK"));
  EXPECT_TRUE(old.is_closed());
}

TEST_F(ServerTest, malformed_messages_are_refused_and_closed) {
  start();
  for (const std::string& bytes : std::vector<std::string>{
           "nonsense\r\n\r\n", "GET /healthz HTTP/1.1\r\n\r\n", "GET /healthz HTTP/3.0\r\nHost: a\r\n\r\n",
           "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
           "GET /healthz HTTP/1.1\r\nHost: a\r\n folded: x\r\nBad Name: y\r\n\r\n",
           "POST /v1/shop/close HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: "
           "chunked\r\n\r\n0\r\n\r\n",
           "POST /v1/shop/close HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab",
           "POST /v1/shop/close HTTP/1.1\r\nHost: a\r\nContent-Length: -2\r\n\r\n",
           "POST /v1/shop/close HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxx\r\n"}) {
    TestClient client(server->port());
    const std::string response = client.ask(bytes);
    EXPECT_EQ(status_of(response), "400") << bytes;
    EXPECT_THAT(response, HasSubstr("application/problem+json")) << bytes;
    EXPECT_TRUE(client.is_closed()) << bytes;
  }
}

TEST_F(ServerTest, a_body_beyond_the_limit_is_413_even_when_all_of_it_is_sent) {
  options.limits.body_bytes_max = 1'000;
  start();
  TestClient at_limit(server->port());
  const std::string fits = R"({"item":"tea"})" + std::string(1'000 - 14, ' ');
  EXPECT_EQ(status_of(at_limit.ask(post("/v1/shop/price", fits))), "200");
  TestClient client(server->port());
  EXPECT_EQ(status_of(client.ask(post("/v1/shop/price", std::string(300'000, ' ')))), "413");
  TestClient chunked(server->port());
  EXPECT_EQ(
      status_of(chunked.ask("POST /v1/shop/price HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n" +
                            std::string(0xfff, ' ') + "\r\n0\r\n\r\n")),
      "413");
}

TEST_F(ServerTest, headers_beyond_the_limit_are_431) {
  options.limits.header_bytes_max = 1'000;
  start();
  for (const std::string& bytes :
       {get("/healthz", "X: " + std::string(2'000, 'x') + "\r\n"), get("/" + std::string(300'000, 'x'))}) {
    TestClient client(server->port());
    EXPECT_EQ(status_of(client.ask(bytes)), "431");
  }
}

TEST_F(ServerTest, a_slow_request_is_408_however_it_trickles) {
  options.limits.read_ms_max = 100;
  TestClient client(start().port());
  const std::string whole = get("/healthz", "X: " + std::string(5'000, 'x') + "\r\n");
  const int64_t began_ns = monotonic_ns();
  std::thread trickle([&] {
    for (size_t i = 0; i < whole.size() && monotonic_ns() - began_ns < 2'000'000'000; ++i) {
      if (!client.send(std::string_view(whole).substr(i, 1))) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  EXPECT_EQ(status_of(client.response()), "408");
  EXPECT_LT(monotonic_ns() - began_ns, 1'500'000'000);
  trickle.join();
}

TEST_F(ServerTest, an_idle_connection_is_closed_without_a_word) {
  options.limits.idle_ms_max = 50;
  TestClient client(start().port());
  EXPECT_EQ(status_of(client.ask(get("/healthz"))), "200");
  EXPECT_TRUE(client.is_closed());
}

TEST_F(ServerTest, a_connection_beyond_the_limit_is_turned_away) {
  options.limits.connections_max = 2;
  start();
  TestClient first(server->port()), second(server->port());
  EXPECT_EQ(status_of(first.ask(get("/healthz"))), "200");
  EXPECT_EQ(status_of(second.ask(get("/healthz"))), "200");
  TestClient third(server->port());
  const std::string response = third.response();
  EXPECT_EQ(status_of(response), "503");
  EXPECT_THAT(response, HasSubstr("Retry-After: 1"));
  EXPECT_THAT(first.ask(get("/metrics")), HasSubstr("puhui_http_connections_refused_total 1"));
}

TEST_F(ServerTest, a_connection_ends_after_its_requests) {
  options.limits.requests_per_connection_max = 2;
  TestClient client(start().port());
  EXPECT_THAT(client.ask(get("/healthz")), HasSubstr("keep-alive"));
  EXPECT_THAT(client.ask(get("/healthz")), HasSubstr("Connection: close"));
  EXPECT_TRUE(client.is_closed());
}

TEST_F(ServerTest, a_full_queue_is_503_and_probes_still_answer) {
  options.workers = 1;
  options.limits.queue_max = 1;
  start();
  TestClient running(server->port()), waiting(server->port()), refused(server->port());
  ASSERT_TRUE(running.send(get("/v1/shop/wait")));
  stand.gate.wait_for(1);
  ASSERT_TRUE(waiting.send(get("/v1/shop/price?item=tea")));
  wait_for_metric("puhui_http_requests_in_flight 2\n");
  const std::string response = refused.ask(get("/v1/shop/price?item=tea"));
  EXPECT_EQ(status_of(response), "503");
  EXPECT_THAT(response, HasSubstr("Retry-After: 1"));
  EXPECT_EQ(status_of(refused.ask(get("/healthz"))), "200");
  stand.gate.open();
  EXPECT_EQ(status_of(running.response()), "200");
  EXPECT_EQ(status_of(waiting.response()), "200");
}

TEST_F(ServerTest, blocked_handlers_do_not_stop_their_neighbours) {
  start();
  std::vector<std::unique_ptr<TestClient>> blocked;
  for (int i = 0; i < 3; ++i) {
    blocked.push_back(std::make_unique<TestClient>(server->port()));
    ASSERT_TRUE(blocked.back()->send(get("/v1/shop/wait")));
  }
  stand.gate.wait_for(3);
  TestClient free(server->port());
  EXPECT_EQ(status_of(free.ask(get("/v1/shop/price?item=tea"))), "200");
  stand.gate.open();
  for (auto& client : blocked) EXPECT_EQ(status_of(client->response()), "200");
}

TEST_F(ServerTest, many_clients_at_once_each_get_their_own_answer) {
  start();
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 1; t <= 16; ++t) {
    threads.emplace_back([&, t] {
      TestClient client(server->port());
      for (int i = 0; i < 50; ++i) {
        const auto response = client.ask(get("/v1/shop/price?item=tea&count=" + std::to_string(t)));
        if (!response.ends_with("\"price_minor\":" + std::to_string(250 * t) + "}")) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_THAT(stand.metrics.text(), HasSubstr(R"(puhui_http_requests_total{route="shop.price",status="200"} 800)"));
}

TEST_F(ServerTest, stopping_lets_requests_in_flight_finish) {
  start();
  TestClient idle(server->port()), running(server->port());
  EXPECT_EQ(status_of(idle.ask(get("/healthz"))), "200");
  ASSERT_TRUE(running.send(get("/v1/shop/wait")));
  stand.gate.wait_for(1);
  bool drained = false;
  std::thread stopping([&] { drained = server->stop(); });
  EXPECT_TRUE(idle.is_closed()) << "an idle connection is closed at once";
  TestClient late(server->port());
  EXPECT_FALSE(late.connected()) << "no new connection is taken";
  stand.gate.open();
  const std::string response = running.response();
  EXPECT_EQ(status_of(response), "200");
  EXPECT_THAT(response, HasSubstr("Connection: close"));
  stopping.join();
  EXPECT_TRUE(drained);
}

TEST_F(ServerTest, stopping_ends_when_its_time_is_over) {
  options.limits.drain_ms_max = 50;
  start();
  TestClient running(server->port());
  ASSERT_TRUE(running.send(get("/v1/shop/wait")));
  stand.gate.wait_for(1);
  bool drained = true;
  std::thread stopping([&] { drained = server->stop(); });
  EXPECT_TRUE(running.is_closed());
  stand.gate.open();
  stopping.join();
  EXPECT_FALSE(drained);
}

TEST_F(ServerTest, a_client_that_leaves_harms_nobody) {
  start();
  {
    TestClient leaving(server->port());
    ASSERT_TRUE(leaving.send(get("/v1/shop/wait")));
    stand.gate.wait_for(1);
  }
  stand.gate.open();
  TestClient client(server->port());
  EXPECT_EQ(status_of(client.ask(get("/healthz"))), "200");
  EXPECT_TRUE(server->stop());
}

TEST_F(ServerTest, what_cannot_be_started_says_why) {
  start();
  Options taken = options;
  taken.listen = "127.0.0.1:" + std::to_string(server->port());
  Server second(stand.needs(), taken);
  EXPECT_EQ(second.start().error().code, ErrorCode::unavailable);
  for (const char* listen : {"", "8080", "nohost:x", "127.0.0.1:70000", "name.example:80"}) {
    Options wrong = options;
    wrong.listen = listen;
    EXPECT_EQ(Server(stand.needs(), wrong).start().error().code, ErrorCode::invalid) << listen;
  }
  Options open = options;
  open.listen = "0.0.0.0:0";
  open.keyless = Caller{"local", {"*"}};
  EXPECT_THAT(Server(stand.needs(), open).start().error().text(), HasSubstr("loopback"));
}

// A key and a certificate for 127.0.0.1 that it signs itself.
Tls self_signed(const std::string& folder) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("127.0.0.1"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_sign(certificate, key, EVP_sha256());
  const Tls tls{folder + "/certificate.pem", folder + "/key.pem"};
  std::FILE* file = std::fopen(tls.certificate_file.c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  file = std::fopen(tls.key_file.c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return tls;
}

class TlsServerTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    char name[] = "/tmp/puhui_tls_XXXXXX";
    folder = ::mkdtemp(name);
    options.tls = self_signed(folder);
  }
  void TearDown() override {
    ServerTest::TearDown();
    std::filesystem::remove_all(folder);
  }
  std::string folder;
};

TEST_F(TlsServerTest, verbs_are_served_over_tls_only) {
  start();
  TestClient client(server->port());
  ASSERT_TRUE(client.start_tls(options.tls->certificate_file));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(status_of(client.ask(get("/v1/shop/price?item=tea"))), "200");
  EXPECT_THAT(client.ask(get("/healthz", "Connection: close\r\n")), HasSubstr("ok"));
  EXPECT_TRUE(client.is_closed());
  TestClient plain(server->port());
  EXPECT_NE(status_of(plain.ask(get("/healthz"))), "200");
}

TEST_F(TlsServerTest, a_slow_handshake_and_a_slow_request_end) {
  options.limits.read_ms_max = 100;
  start();
  TestClient mute(server->port());
  EXPECT_TRUE(mute.is_closed());
  TestClient slow(server->port());
  ASSERT_TRUE(slow.start_tls(options.tls->certificate_file));
  EXPECT_EQ(status_of(slow.ask("GET /healthz HTTP/1.1\r\n")), "408");
}

TEST_F(TlsServerTest, a_key_of_another_certificate_is_refused_with_every_fault) {
  std::filesystem::create_directory(folder + "/other");
  options.tls->key_file = self_signed(folder + "/other").key_file;
  EXPECT_THAT(Server(stand.needs(), options).start().error().text(), HasSubstr("key values mismatch"));
  options.tls = Tls{"/nonexistent/a", "/nonexistent/b"};
  const auto started = Server(stand.needs(), options).start();
  EXPECT_EQ(started.error().faults.size(), 2u);
}

// ---- a browser, over real sockets

class BrowserServerTest : public ServerTest {
 protected:
  BrowserServerTest() {
    visitors.add("wang", {"shop.*"});
    console = StaticFiles::load(disk(), "dist");
  }
  static const Files& disk() {
    static MemoryFiles files;
    static const bool filled = files.make_folder("dist/assets") && files.write("dist/index.html", "<!doctype html>") &&
                               files.write("dist/assets/a-12345678.js", "plain") &&
                               files.write("dist/assets/a-12345678.js.gz", std::string("\x1f\x8b\0\r\n\r\n\xff", 8));
    EXPECT_TRUE(filled);
    return files;
  }
  uint16_t open() {
    Needs needs = stand.needs();
    needs.sessions = &visitors;
    needs.console = &*console;
    server.emplace(needs, options);
    EXPECT_TRUE(server->start());
    return server->port();
  }
  // The header of a request as a browser sends it.
  std::string head(const std::string& line, const std::string& more, const std::string& body) {
    const std::string host = "127.0.0.1:" + std::to_string(server->port());
    return line + " HTTP/1.1\r\nHost: " + host + "\r\nOrigin: http://" + host +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more +
           "\r\n" + body;
  }
  const std::string sign_in = R"({"name":"wang","password":"the password"})";

  shop::Visitors visitors{stand.clock};
  Result<StaticFiles> console;
};

TEST_F(BrowserServerTest, a_browser_signs_in_writes_and_signs_out) {
  TestClient client(open());
  const std::string opened = client.ask(head("POST /session", "", sign_in));
  EXPECT_EQ(status_of(opened), "200");
  EXPECT_THAT(opened, HasSubstr("\r\nSet-Cookie: puhui_session=token-1; Path=/; HttpOnly; SameSite=Strict\r\n"));
  EXPECT_EQ(visitors.last_peer, "127.0.0.1");
  const std::string cookie = "Cookie: puhui_session=token-1\r\n", csrf = "X-Puhui-Csrf: csrf of token-1\r\n";
  EXPECT_EQ(status_of(client.ask(head("POST /v1/shop/close", cookie, "{}"))), "403");
  EXPECT_EQ(status_of(client.ask(head("POST /v1/shop/close", cookie + csrf, "{}"))), "200");
  EXPECT_EQ(status_of(client.ask(head("POST /v1/shop/close", cookie + csrf + "Sec-Fetch-Site: cross-site\r\n", "{}"))),
            "403");
  const std::string late = client.ask(head("POST /v1/shop/close", cookie + csrf + "Prefer: respond-async\r\n", "{}"));
  EXPECT_EQ(status_of(late), "202");
  EXPECT_EQ(status_of(client.ask(head("DELETE /session", cookie + csrf, ""))), "204");
  EXPECT_THAT(client.ask(head("POST /v1/shop/close", cookie + csrf, "{}")), HasSubstr("problem:session_expired"));
}

TEST_F(BrowserServerTest, headers_that_say_who_asks_stand_once) {
  open();
  for (const char* name : {"Cookie", "Origin", "X-Puhui-Csrf", "Sec-Fetch-Site"}) {
    TestClient client(server->port());
    const std::string twice = std::string(name) + ": a\r\n" + name + ": b\r\n";
    EXPECT_EQ(status_of(client.ask(head("POST /v1/shop/close", twice, "{}"))), "400") << name;
  }
}

TEST_F(BrowserServerTest, the_consoles_files_come_as_they_are_and_compressed) {
  TestClient client(open());
  EXPECT_THAT(client.ask(head("GET /console/anything", "", "")), testing::EndsWith("\r\n\r\n<!doctype html>"));
  const std::string plain = client.ask(head("GET /assets/a-12345678.js", "", ""));
  EXPECT_THAT(plain, testing::EndsWith("\r\n\r\nplain"));
  EXPECT_THAT(plain, HasSubstr("Cache-Control: public, max-age=31536000, immutable\r\n"));
  const std::string packed = client.ask(head("GET /assets/a-12345678.js", "Accept-Encoding: gzip, br\r\n", ""));
  EXPECT_THAT(packed, HasSubstr("Content-Encoding: gzip\r\n"));
  EXPECT_TRUE(packed.ends_with(std::string("\r\n\r\n\x1f\x8b\0\r\n\r\n\xff", 12))) << "bytes of any kind";
  ASSERT_TRUE(client.send(head("HEAD /assets/a-12345678.js", "Connection: close\r\n", "")));
  const std::string bare = client.response() + client.response();
  EXPECT_THAT(bare, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_TRUE(bare.ends_with("\r\n\r\n"));
}

TEST_F(BrowserServerTest, a_job_that_runs_is_waited_for_when_the_server_stops) {
  TestClient client(open());
  client.ask(head("POST /session", "", sign_in));
  const std::string console_says = "Cookie: puhui_session=token-1\r\nX-Puhui-Csrf: csrf of token-1\r\n";
  const std::string late = client.ask(head("POST /v1/shop/wait", console_says + "Prefer: respond-async\r\n", "{}"));
  ASSERT_EQ(status_of(late), "202");
  stand.gate.wait_for(1);
  std::jthread opener([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stand.gate.open();
  });
  EXPECT_TRUE(server->stop());
  EXPECT_THAT(stand.logged(), HasSubstr(R"("route":"shop.wait","status":200)"));
}

}  // namespace
}  // namespace puhui::http
