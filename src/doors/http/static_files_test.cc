#include "doors/http/static_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doors/http/responder.h"
#include "doors/http/shop_for_test.h"

namespace puhui::http {
namespace {

using testing::HasSubstr;

class StaticFilesTest : public testing::Test {
 protected:
  StaticFilesTest() {
    put("console/dist/index.html", "<!doctype html><script src=\"/assets/index-4f9K2a1b.js\"></script>");
    put("console/dist/assets/index-4f9K2a1b.js", "a long script");
    put("console/dist/assets/index-4f9K2a1b.js.gz", "gz");
    put("console/dist/assets/index-4f9K2a1b.js.br", "br");
    put("console/dist/assets/logo.svg", "<svg/>");
    put("console/dist/deep/er/note.txt", "note");
    put("console/secret.txt", "outside");
    put("keys.json", "outside");
  }
  void put(const std::string& path, const std::string& bytes) {
    const size_t slash = path.rfind('/');
    const auto made = slash == std::string::npos ? Result<void>() : disk.make_folder(path.substr(0, slash));
    ASSERT_TRUE(made);
    ASSERT_TRUE(disk.write(path, bytes));
  }
  Response ask(Responder& responder, const std::string& target, const std::string& encodings = "",
               const std::string& method = "GET") {
    Request request{.id = "r1", .method = method, .target = target, .host = "bank", .accept_encoding = encodings};
    auto opened = responder.open(request);
    if (auto* answered = std::get_if<Answered>(&opened)) return answered->response;
    return responder.run(request, std::get<Work>(opened));
  }
  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }

  MemoryFiles disk;
  shop::Stand stand;
  Options options;
};

TEST_F(StaticFilesTest, the_console_stands_at_the_root_and_under_every_deep_link) {
  const auto console = StaticFiles::load(disk, "console/dist");
  ASSERT_TRUE(console) << console.error().text();
  EXPECT_EQ(console->files(), 4u) << "what is compressed stands beside its file";
  Needs needs = stand.needs();
  needs.console = &*console;
  Responder responder(needs, options);
  for (const char* target : {"/", "/index.html", "/console", "/console/decisions/42?tab=facts", "/?x=1"}) {
    const Response page = ask(responder, target);
    EXPECT_EQ(page.status, 200) << target;
    EXPECT_THAT(page.body, HasSubstr("<!doctype html><script src")) << target;
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
    EXPECT_EQ(page.cache_control, "no-store");
  }
  EXPECT_THAT(ask(responder, "/start").body, HasSubstr("<h1>Puhui"));
  EXPECT_EQ(ask(responder, "/consoles").status, 404);
  EXPECT_EQ(ask(responder, "/assets/none.js").status, 404) << "a missing file is no page";
  EXPECT_EQ(ask(responder, "/", "", "POST").status, 405);
  EXPECT_EQ(ask(responder, "/v1/shop/price?item=tea").status, 401) << "verbs stay verbs";
}

TEST_F(StaticFilesTest, a_page_carries_the_policies_that_keep_foreign_script_out) {
  const auto console = StaticFiles::load(disk, "console/dist");
  ASSERT_TRUE(console);
  const Response page = console->respond("/", "");
  const std::string policy = header(page, "Content-Security-Policy");
  for (const char* part : {"default-src 'self'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'",
                           "object-src 'none'", "form-action 'self'", "connect-src 'self'"}) {
    EXPECT_THAT(policy, HasSubstr(part));
  }
  EXPECT_EQ(header(page, "Referrer-Policy"), "same-origin");
  EXPECT_EQ(header(page, "Cross-Origin-Opener-Policy"), "same-origin");
  EXPECT_THAT(header(page, "Permissions-Policy"), HasSubstr("camera=()"));
  EXPECT_EQ(header(console->respond("/assets/logo.svg", ""), "Content-Security-Policy"), policy)
      << "an image opened as a page runs nothing either";
}

TEST_F(StaticFilesTest, a_file_is_sent_compressed_to_who_takes_it) {
  const auto console = StaticFiles::load(disk, "console/dist");
  ASSERT_TRUE(console);
  const std::string script = "/assets/index-4f9K2a1b.js";
  const auto sent = [&](const std::string& encodings) {
    const Response response = console->respond(script, encodings);
    EXPECT_EQ(header(response, "Vary"), "Accept-Encoding");
    EXPECT_EQ(response.content_type, "text/javascript; charset=utf-8");
    return header(response, "Content-Encoding") + ":" + response.body;
  };
  EXPECT_EQ(sent(""), ":a long script");
  EXPECT_EQ(sent("gzip, deflate"), "gzip:gz");
  EXPECT_EQ(sent("gzip, br"), "br:br");
  EXPECT_EQ(sent("br;q=0, gzip"), "gzip:gz");
  EXPECT_EQ(sent("identity"), ":a long script");
  const Response plain = console->respond("/assets/logo.svg", "gzip, br");
  EXPECT_EQ(plain.body, "<svg/>");
  EXPECT_EQ(header(plain, "Content-Encoding"), "");
}

TEST_F(StaticFilesTest, only_what_its_name_seals_is_kept_for_a_year) {
  put("console/dist/assets/short-4f9K2a1.js", "x");
  put("console/dist/assets/index.js", "x");
  put("console/dist/index-4f9K2a1b.js", "x");
  const auto console = StaticFiles::load(disk, "console/dist");
  ASSERT_TRUE(console);
  EXPECT_EQ(console->respond("/assets/index-4f9K2a1b.js", "").cache_control, "public, max-age=31536000, immutable");
  for (const char* path : {"/assets/short-4f9K2a1.js", "/assets/index.js", "/index-4f9K2a1b.js", "/assets/logo.svg"}) {
    EXPECT_EQ(console->respond(path, "").cache_control, "no-cache") << path;
  }
}

TEST_F(StaticFilesTest, no_path_leads_out_of_the_folder) {
  const auto console = StaticFiles::load(disk, "console/dist");
  ASSERT_TRUE(console);
  Needs needs = stand.needs();
  needs.console = &*console;
  Responder responder(needs, options);
  for (const char* target :
       {"/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/%2e%2e%2fsecret.txt",
        "//secret.txt", "/./index.html", "/assets/..%5c..%5csecret.txt", "/deep/er/../../index.html", "/keys.json",
        "/assets", "/assets/", "/index.html%00.txt", "/assets/index-4f9K2a1b.js.gz", "/INDEX.HTML"}) {
    const Response response = ask(responder, target);
    EXPECT_TRUE(response.status == 404 || response.status == 400) << target << " " << response.status;
    EXPECT_THAT(response.body, testing::Not(HasSubstr("outside"))) << target;
  }
}

TEST_F(StaticFilesTest, limits_of_count_bytes_and_depth_are_named) {
  const auto refused = [&](StaticLimits limits) {
    return StaticFiles::load(disk, "console/dist", limits).error().code;
  };
  EXPECT_EQ(refused({.files_max = 3}), ErrorCode::exhausted);
  EXPECT_EQ(refused({.file_bytes_max = 10}), ErrorCode::exhausted);
  EXPECT_EQ(refused({.bytes_max = 60}), ErrorCode::exhausted);
  EXPECT_EQ(refused({.depth_max = 1}), ErrorCode::exhausted);
  EXPECT_EQ(StaticFiles::load(disk, "nowhere").error().code, ErrorCode::not_found);
}

TEST_F(StaticFilesTest, an_unbuilt_console_is_said_plainly) {
  const Needs needs = stand.needs();
  Responder responder(needs, options);
  const Response page = ask(responder, "/");
  EXPECT_THAT(page.body, HasSubstr("The console is not built. Run <code>make serve</code>"));
  EXPECT_EQ(ask(responder, "/console/decisions").status, 404);
}

}  // namespace
}  // namespace puhui::http
