// Runs tests/stories/*.story through the program that was built, each in a fresh folder. See story.h for the form.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "doors/http/client_for_test.h"
#include "ground/base/json.h"
#include "ground/base/text.h"
#include "tests/story.h"

namespace puhui::stories {
namespace {

namespace fs = std::filesystem;

std::string file_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// For a failure: long answers are cut, the file has them whole.
std::string shown(const Answer& answer) {
  constexpr size_t kLinesMax = 60;
  std::vector<std::string> lines = answer.lines;
  if (lines.size() > kLinesMax) {
    const std::string more = "… and " + std::to_string(lines.size() - kLinesMax) + " more lines";
    lines.resize(kLinesMax);
    lines.push_back(more);
  }
  return "(exit " + std::to_string(answer.code) + "):\n" + join(lines, "\n");
}

// One story's world: a folder of its own with the policies that ship, and a server when it asks for one.
class Stage {
 public:
  Stage(const std::string& name, const fs::path& source, fs::path program) : program_(std::move(program)) {
    const fs::path memory = "/dev/shm";
    const fs::path base = fs::is_directory(memory) ? memory : fs::temp_directory_path();
    folder_ = base / ("puhui_story_" + std::to_string(::getpid()) + "_" + name);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    fs::create_directory_symlink(source / "policies", folder_ / "policies");
  }
  ~Stage() {
    if (server_ > 0) {
      ::kill(server_, SIGKILL);
      ::waitpid(server_, nullptr, 0);
    }
    fs::remove_all(folder_);
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  Answer play(const Step& step) {
    switch (step.kind) {
      case '$': return shell(step.input[0]);
      case '&': return step.input[0] == "stop" ? stop() : serve(step.input[0]);
      case '%': return sql(step.input[0]);
      default: return ask(step.input);
    }
  }

 private:
  static int exit_code(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

  Answer shell(const std::string& command) {
    const fs::path script = folder_ / ".command";
    std::ofstream(script) << "cd '" << folder_.string() << "'\nunset PUHUI_STORE\nexport PATH='"
                          << program_.parent_path().string() << "':\"$PATH\"\n"
                          << command << "\n";
    FILE* pipe = ::popen(("timeout 120 bash '" + script.string() + "' 2>&1 < /dev/null").c_str(), "r");
    if (pipe == nullptr) return {{"the shell did not start"}, 127};
    std::string text;
    char bytes[4096];
    for (size_t count; (count = std::fread(bytes, 1, sizeof bytes, pipe)) > 0;) text.append(bytes, count);
    const int status = ::pclose(pipe);
    return {lines_of(text), exit_code(status)};
  }

  // `command`: "serve" and its flags.
  Answer serve(const std::string& command) {
    const fs::path said = folder_ / ".serve";
    server_ = ::fork();
    if (server_ == 0) {
      fs::current_path(folder_);
      ::unsetenv("PUHUI_STORE");
      const int to = ::open(said.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
      ::dup2(to, STDOUT_FILENO);
      ::dup2(to, STDERR_FILENO);
      ::execl("/bin/sh", "sh", "-c", ("exec '" + program_.string() + "' " + command + " --listen 127.0.0.1:0").c_str(),
              nullptr);
      ::_exit(127);
    }
    constexpr std::string_view kOpen = "http://127.0.0.1:";
    for (int wait = 0; wait < 1200; ++wait) {
      const std::string text = file_text(said);
      if (const size_t at = text.find(kOpen);
          at != std::string::npos && text.find('/', at + kOpen.size()) != std::string::npos) {
        port_ = static_cast<uint16_t>(std::strtoul(text.c_str() + at + kOpen.size(), nullptr, 10));
        return {};
      }
      int status = 0;
      if (::waitpid(server_, &status, WNOHANG) == server_) {
        server_ = 0;
        return {lines_of(file_text(said)), exit_code(status)};
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
    return {{"the server did not open within 30 s"}, 124};
  }

  Answer stop() {
    if (server_ <= 0) return {{"no server is running"}, 1};
    ::kill(server_, SIGTERM);
    int status = 0;
    ::waitpid(server_, &status, 0);
    server_ = 0;
    return {lines_of(file_text(folder_ / ".serve")), exit_code(status)};
  }

  Answer sql(const std::string& input) {
    const size_t space = input.find(' ');
    sqlite3* database = nullptr;
    char* error = nullptr;
    Answer out;
    if (sqlite3_open((folder_ / input.substr(0, space) / "puhui.db").c_str(), &database) != SQLITE_OK ||
        sqlite3_exec(database, input.substr(space + 1).c_str(), nullptr, nullptr, &error) != SQLITE_OK) {
      out = {{error ? error : sqlite3_errmsg(database)}, 1};
    }
    sqlite3_free(error);
    sqlite3_close(database);
    return out;
  }

  // $(…) in a line of a request, by the shell.
  std::string expanded(const std::string& line) {
    const size_t open = line.find("$("), close = line.rfind(')');
    if (open == std::string::npos || close == std::string::npos) return line;
    return line.substr(0, open) + join(shell(line.substr(open + 2, close - open - 2)).lines, "\n") +
           line.substr(close + 1);
  }

  Answer ask(const std::vector<std::string>& input) {
    std::string head = expanded(input[0]) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n", body;
    for (size_t i = 1; i < input.size(); ++i) {
      const std::string line = expanded(input[i]);
      const bool starts_body = std::string_view("{[\"@").find(line[0]) != std::string_view::npos;
      if (!body.empty() || starts_body) {
        body += line[0] == '@' ? file_text(folder_ / line.substr(1)) : line;
      } else {
        head += line + "\r\n";
      }
    }
    if (!body.empty()) {
      if (head.find("Content-Type:") == std::string::npos) head += "Content-Type: application/json\r\n";
      head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    http::TestClient client(port_);
    if (!client.connected()) return {{"no server answers"}, 1};
    client.send(head + "\r\n" + body);  // a server may answer and close before it has read all
    return answer_of(client.response());
  }

  // Keeps the body in .answer and a cookie in .cookie too, for a later step to take something from.
  Answer answer_of(const std::string& response) const {
    const size_t end = response.find("\r\n\r\n");
    if (end == std::string::npos) return {{"no response: " + response}, 1};
    std::string type = "no type";
    for (const std::string_view line : split(std::string_view(response).substr(0, end), '\n')) {
      if (to_lower_ascii(line).starts_with("content-type: ")) type = trim(line.substr(14));
      if (line.starts_with("Set-Cookie: ")) {
        std::ofstream(folder_ / ".cookie") << line.substr(12, line.find(';') - 12) << "\n";
      }
    }
    const std::string body = response.substr(end + 4);
    std::ofstream(folder_ / ".answer", std::ios::binary) << body;
    const auto json = parse_json(body);
    Answer out{{http::status_of(response) + " " + type}, 0};
    for (std::string& line : lines_of(json ? print_json_pretty(*json) : body)) out.lines.push_back(std::move(line));
    return out;
  }

  fs::path folder_, program_;
  pid_t server_ = 0;
  uint16_t port_ = 0;
};

class StoryTest : public ::testing::Test {
 public:
  explicit StoryTest(fs::path file) : file_(std::move(file)) {}

  void TestBody() override {
    const auto story = parse_story(file_text(file_));
    ASSERT_TRUE(story) << story.error().text();
    Stage stage(file_.stem().string(), fs::current_path(), fs::read_symlink("/proc/self/exe").parent_path() / "puhui");
    const bool rewrite = std::getenv("PUHUI_STORIES_REWRITE") != nullptr;
    std::vector<Answer> answers;
    for (const Step& step : story->steps) {
      answers.push_back(stage.play(step));
      if (rewrite) continue;
      const Answer& came = answers.back();
      if (came.code == step.expected.code && matches(step.expected.lines, came.lines)) continue;
      ADD_FAILURE_AT(file_.c_str(), static_cast<int>(step.line + 1))
          << step.kind << " " << join(step.input, "\n> ") << "\nexpected " << shown(step.expected) << "\ncame "
          << shown(came) << "\nIf this is right now: PUHUI_STORIES_REWRITE=1";
      return;  // what follows stands on this
    }
    if (rewrite) std::ofstream(file_, std::ios::binary) << rewritten(*story, answers);
  }

 private:
  fs::path file_;
};

TEST(Story, patterns_match_what_they_say_and_nothing_else) {
  EXPECT_TRUE(matches("a [..] c", "a b b c"));
  EXPECT_TRUE(matches("[..]", ""));
  EXPECT_FALSE(matches("a [..] c", "a b b d"));
  const std::vector<std::string> lines{"one", "two", "three"};
  EXPECT_TRUE(matches({"one", "[...]"}, lines));
  EXPECT_TRUE(matches({"[...]", "three"}, lines));
  EXPECT_FALSE(matches({"[...]", "two"}, lines));
  EXPECT_FALSE(matches({"one", "two"}, lines));
  EXPECT_FALSE(matches(std::vector<std::string>{}, lines));
}

TEST(Story, rewriting_keeps_the_lines_that_still_fit) {
  const auto story = parse_story("# about\n$ one\n  id [..]\n  old\n? 3\n\n$ two\n");
  ASSERT_TRUE(story) << story.error().text();
  EXPECT_EQ(rewritten(*story, {{{"id 7", "new"}, 0}, {{"at 2026-01-01T00:00:00Z"}, 4}}),
            "# about\n$ one\n  id [..]\n  new\n\n$ two\n  at [..]\n? 4\n");
  EXPECT_FALSE(parse_story("what is this\n"));
}

}  // namespace
}  // namespace puhui::stories

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator("tests/stories")) {
    if (entry.path().extension() == ".story") files.push_back(fs::absolute(entry.path()));
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    ::testing::RegisterTest("Stories", file.stem().c_str(), nullptr, nullptr, file.c_str(), 1,
                            [file]() -> ::testing::Test* { return new puhui::stories::StoryTest(file); });
  }
  return RUN_ALL_TESTS();
}
