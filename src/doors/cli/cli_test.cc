#include "doors/cli/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "doors/cli/exit_code.h"
#include "doors/cli/progress_bar.h"

namespace puhui::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

enum class Pace { slow, fast };
std::span<const std::string_view> names_of(const Pace*) {
  static constexpr std::string_view kNames[] = {"slow", "fast"};
  return kNames;
}

struct Terms {
  Rate rate;
  std::optional<Date> from;
};
void fields(Shape& s, Terms& t) {
  s.field("rate", t.rate, {.help = "a year", .example = "0.18"});
  s.field("from", t.from, {.help = "first day; today when absent"});
}

struct Line {
  std::string what;
  int64_t count = 1;
};
void fields(Shape& s, Line& line) {
  s.field("what", line.what);
  s.field("count", line.count, {.optional = true});
}

struct Loan {
  Money requested_amount;
  int32_t months = 12;
  bool urgent = false;
  Pace pace = Pace::slow;
  Terms terms;
  std::vector<std::string> tags;
  std::vector<Line> lines;
};
void fields(Shape& s, Loan& l) {
  s.field("requested_amount", l.requested_amount, {.help = "what is asked for"});
  s.field("months", l.months, {.help = "how long", .min = 1, .max = 360, .optional = true});
  s.field("urgent", l.urgent, {.help = "today, please", .optional = true});
  s.field("pace", l.pace, {.optional = true});
  s.field("terms", l.terms, {.help = "what was agreed"});
  s.field("tags", l.tags, {.max = 3, .optional = true});
  s.field("lines", l.lines, {.optional = true});
}

struct Failing {
  std::string code;
};
void fields(Shape& s, Failing& f) { s.field("code", f.code); }

struct Listen {
  std::string listen = "127.0.0.1:8080";
};
void fields(Shape& s, Listen& l) { s.field("listen", l.listen, {.optional = true}); }

struct Nothing {};
void fields(Shape&, Nothing&) {}

struct Sheet {
  std::string file, to = "nowhere";
  Json input;
};
void fields(Shape& shape, Sheet& sheet) {
  shape.field("file", sheet.file);
  shape.field("to", sheet.to, {.optional = true});
  shape.field("input", sheet.input, {.optional = true});
}

constexpr ErrorCode kCodes[] = {ErrorCode::invalid,  ErrorCode::not_found, ErrorCode::forbidden,
                                ErrorCode::conflict, ErrorCode::exhausted, ErrorCode::unavailable,
                                ErrorCode::corrupt,  ErrorCode::internal};

std::vector<Verb> verbs() {
  std::vector<Verb> out;
  out.push_back(
      make_verb<Loan, Loan>({.noun = "loan", .verb = "ask", .help = "Asks for a loan.", .effect = Effect::write},
                            [](const VerbCall& call, const Loan& loan) -> Result<Loan> {
                              call.progress.step("asking", 1, 2);
                              return loan;
                            }));
  out.push_back(make_verb<Failing, Nothing>({.noun = "loan", .verb = "fail", .help = "Fails as asked."},
                                            [](const VerbCall&, const Failing& f) -> Result<Nothing> {
                                              for (const ErrorCode code : kCodes) {
                                                if (f.code == name_of(code)) return fail(code, "code", "as asked");
                                              }
                                              throw std::runtime_error("thrown as asked");
                                            }));
  out.push_back(make_verb<Listen, Listen>({.noun = "serve", .help = "Serves over HTTP.", .local_only = true},
                                          [](const VerbCall&, const Listen& l) -> Result<Listen> { return l; }));
  out.back().tell = [](const Json& answer) { return "served on " + *answer.find("listen")->text(); };
  out.push_back(
      make_verb<Sheet, Sheet>({.noun = "sheet", .verb = "read in", .help = "Reads a sheet.", .words = {"file", "to"}},
                              [](const VerbCall& call, const Sheet& sheet) -> Result<Sheet> {
                                return Sheet{TRY(call.files->read(sheet.file, 1 << 10)), sheet.to, sheet.input};
                              }));
  return out;
}

class CliTest : public testing::Test {
 protected:
  struct Ran {
    int code;
    std::string out, err;
  };
  Ran run(std::vector<std::string> words, const std::string& in = "") {
    Needs needs{.files = files};
    needs.about = "a bank for tests.";
    needs.version = "1.0";
    needs.store = "./bank";
    needs.described = verbs();
    needs.open = [this](const GlobalOptions& globals) -> Result<std::vector<Verb>> {
      ++opened;
      seen = globals;
      if (globals.store == "broken") return fail(ErrorCode::unavailable, "store", "is away");
      return verbs();
    };
    needs.in = std::tmpfile();
    std::fwrite(in.data(), 1, in.size(), needs.in);
    std::rewind(needs.in);
    needs.out = std::tmpfile();
    needs.err = std::tmpfile();
    needs.err_is_terminal = terminal;
    const Ran ran{Cli(needs).run(words), "", ""};
    return {ran.code, taken(needs.out), taken(needs.err)};
  }
  static std::string taken(std::FILE* file) {
    std::string text(1 << 16, '\0');
    std::rewind(file);
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
    return text;
  }

  MemoryFiles files;
  int opened = 0;
  bool terminal = false;
  GlobalOptions seen;
};

const std::vector<std::string> kAsk = {"loan", "ask", "--requested-amount", "1200.00 CNY", "--terms.rate", "0.18"};

std::vector<std::string> ask_with(std::vector<std::string> more) {
  std::vector<std::string> words = kAsk;
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST_F(CliTest, flags_become_the_verbs_input) {
  const Ran ran = run(ask_with({"--json", "--months=24", "--urgent", "--pace", "fast", "--terms.from", "2026-02-28",
                                "--tags", "a", "--tags", "b", "--lines", R"({"what":"x"})"}));
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.out, R"({"requested_amount":"1200.00 CNY","months":24,"urgent":true,"pace":"fast",)"
                     R"("terms":{"rate":"0.18","from":"2026-02-28"},"tags":["a","b"],"lines":[{"what":"x","count":1}]})"
                     "\n");
}

TEST_F(CliTest, a_verb_of_two_words_takes_fields_without_their_flags) {
  ASSERT_TRUE(files.write("a.csv", "cells"));
  EXPECT_EQ(run({"sheet", "read", "in", "a.csv", "--json"}).out, R"({"file":"cells","to":"nowhere","input":null})"
                                                                 "\n");
  EXPECT_EQ(run({"sheet", "read", "in", "a.csv", "b", "--json"}).out, R"({"file":"cells","to":"b","input":null})"
                                                                      "\n");
  const Ran too_many = run({"sheet", "read", "in", "a.csv", "b", "c"});
  EXPECT_EQ(too_many.code, 2);
  EXPECT_THAT(too_many.err, HasSubstr("c: is one word too many"));
  EXPECT_THAT(run({"help", "sheet", "read", "in"}).out, HasSubstr("Usage: puhui sheet read in FILE [TO]"));
}

TEST_F(CliTest, a_field_named_input_takes_the_object_or_the_file_that_holds_it) {
  ASSERT_TRUE(files.write("a.csv", "cells"));
  ASSERT_TRUE(files.write("b.json", R"({"y": 2})"));
  EXPECT_THAT(run({"sheet", "read", "in", "a.csv", "--json", "--input", R"({"x": 1.50})"}).out,
              HasSubstr(R"("input":{"x":1.50})"));
  EXPECT_THAT(run({"sheet", "read", "in", "a.csv", "--json", "--input", "b.json"}).out,
              HasSubstr(R"("input":{"y":2})"));
}

TEST_F(CliTest, a_boolean_is_said_in_each_usual_way) {
  const auto urgent = [&](std::vector<std::string> more) {
    more.push_back("--json");
    return run(ask_with(more)).out.find("\"urgent\":true") != std::string::npos;
  };
  EXPECT_TRUE(urgent({"--urgent"}));
  EXPECT_TRUE(urgent({"--urgent", "true"}));
  EXPECT_TRUE(urgent({"--urgent=true"}));
  EXPECT_TRUE(urgent({"--urgent", "--months", "3"}));
  EXPECT_FALSE(urgent({"--urgent", "false"}));
  EXPECT_FALSE(urgent({"--no-urgent"}));
  EXPECT_FALSE(urgent({"--urgent=false"}));
}

TEST_F(CliTest, the_whole_input_may_come_as_json_and_flags_win) {
  const std::string json = R"({"requested_amount":"1.00 CNY","months":6,"terms":{"rate":"0.1"}})";
  EXPECT_THAT(run({"loan", "ask", "--json", "--input", "-", "--months", "9"}, json).out,
              HasSubstr(R"({"requested_amount":"1.00 CNY","months":9)"));
  ASSERT_TRUE(files.write("ask.json", json));
  EXPECT_THAT(run({"loan", "ask", "--json", "--input", "ask.json"}).out, HasSubstr(R"("months":6)"));
  const Ran missing = run({"loan", "ask", "--input", "none.json"});
  EXPECT_EQ(missing.code, exit_code_of(ErrorCode::not_found));
  EXPECT_THAT(missing.err, HasSubstr("none.json"));
  EXPECT_EQ(run({"loan", "ask", "--input", "-"}, "[]").code, 2);
  EXPECT_THAT(run({"loan", "ask", "--input", "-"}, "{").err, HasSubstr("line 1"));
}

TEST_F(CliTest, every_fault_stands_in_one_block_and_no_store_is_opened) {
  const Ran ran = run({"loan", "ask", "--requested-amuont", "5", "--months", "0", "--terms.rate", "high", "--pace",
                       "idle", "--urgent=maybe", "stray", "--tags"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(opened, 0);
  EXPECT_EQ(ran.err,
            "puhui loan ask: invalid\n"
            "  --requested-amuont: is not a flag of this command; did you mean --requested-amount?\n"
            "  stray: is no flag; write a value behind its flag: --field value\n"
            "  --tags: expected a value of type text behind it, came none; write --tags=VALUE when it begins with --\n"
            "  --urgent: expected true or false, came 'maybe'\n"
            "  --requested-amount: is required: what is asked for\n"
            "  --months: expected a whole number from 1 to 360, came 0\n"
            "  --pace: expected one of slow, fast, came 'idle'\n"
            "  --terms.rate: " +
                Rate::parse("high").error().faults[0].message +
                "\n"
                "See puhui loan ask --help\n");
}

TEST_F(CliTest, with_json_a_problem_is_one_line_of_json) {
  const Ran ran = run({"loan", "fail", "--json"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err, R"({"code":"invalid","exit_code":2,"faults":[{"where":"code","message":"is required"}]})"
                     "\n");
}

TEST_F(CliTest, each_error_code_has_its_exit_code) {
  const std::vector<std::pair<std::string, int>> table = {{"invalid", 2},  {"not_found", 3}, {"forbidden", 4},
                                                          {"conflict", 5}, {"exhausted", 6}, {"unavailable", 7},
                                                          {"corrupt", 8},  {"internal", 70}, {"thrown", 70}};
  for (const auto& [code, exit_code] : table) {
    const Ran ran = run({"loan", "fail", "--code", code});
    EXPECT_EQ(ran.code, exit_code) << code;
    EXPECT_THAT(ran.err, HasSubstr("as asked")) << code;
    EXPECT_EQ(ran.out, "") << code;
  }
}

TEST_F(CliTest, global_options_may_stand_anywhere) {
  EXPECT_EQ(run({"--store", "here", "serve", "--quiet"}).code, 0);
  EXPECT_EQ(seen.store, "here");
  EXPECT_TRUE(seen.quiet);
  EXPECT_FALSE(seen.json);
  EXPECT_EQ(run({"serve", "--json", "--store=there"}).code, 0);
  EXPECT_EQ(seen.store, "there");
  EXPECT_EQ(run({"serve"}).code, 0);
  EXPECT_EQ(seen.store, "./bank");
  EXPECT_EQ(run({"serve", "--store"}).code, 2);
  EXPECT_EQ(run({"--jsn", "serve"}).code, 2);
  EXPECT_EQ(run({"serve", "--json=yes"}).code, 2);
}

TEST_F(CliTest, a_store_that_does_not_open_is_told) {
  const Ran ran = run({"serve", "--store", "broken"});
  EXPECT_EQ(ran.code, 7);
  EXPECT_EQ(ran.err, "puhui serve: unavailable\n  store: is away\n");
}

TEST_F(CliTest, a_command_of_one_word_takes_flags_and_tells_for_people) {
  EXPECT_EQ(run({"serve", "--listen", "0.0.0.0:1"}).out, "served on 0.0.0.0:1\n");
  EXPECT_EQ(run({"serve", "--listen", "0.0.0.0:1", "--json"}).out, R"({"listen":"0.0.0.0:1"})"
                                                                   "\n");
  EXPECT_THAT(run(kAsk).out, HasSubstr("{\n  \"requested_amount\": \"1200.00 CNY\"")) << "else indented JSON";
}

TEST_F(CliTest, unknown_commands_say_the_nearest) {
  Ran ran = run({"laon", "ask"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.err, "puhui: invalid\n  laon: is no command; did you mean 'loan'?\n");
  EXPECT_THAT(run({"loan", "aks"}).err, HasSubstr("loan aks: is no command; did you mean 'loan ask'?"));
  EXPECT_THAT(run({"loan", "nothingnear"}).err, HasSubstr("see puhui loan"));
  EXPECT_EQ(opened, 0);
}

TEST_F(CliTest, help_needs_no_store_and_is_told_in_each_usual_way) {
  const std::string all = run({}).out, verb = run({"loan", "ask", "--help"}).out, noun = run({"loan"}).out;
  EXPECT_EQ(run({"help"}).out, all);
  EXPECT_EQ(run({"--help"}).out, all);
  EXPECT_EQ(run({"-h"}).out, all);
  EXPECT_EQ(run({"help", "loan"}).out, noun);
  EXPECT_EQ(run({"loan", "--help"}).out, noun);
  EXPECT_EQ(run({"help", "loan", "ask"}).out, verb);
  EXPECT_EQ(run({"loan", "ask", "-h", "--months"}).out, verb);
  EXPECT_EQ(run({"--version"}).out, "puhui 1.0\n");
  EXPECT_EQ(opened, 0);
}

TEST_F(CliTest, the_overview_lists_commands_options_and_exit_codes) {
  EXPECT_EQ(run({}).out, R"(puhui 1.0: a bank for tests.

Usage: puhui <noun> <verb> [--field value ...]

Commands:
  loan ask       Asks for a loan.
  loan fail      Fails as asked.
  serve          Serves over HTTP.
  sheet read in  Reads a sheet.

Options of every command:
  --store PLACE  a folder, or postgresql://USER@HOST/NAME; default ./bank
  --json         one line of JSON on stdout, and problems as JSON on stderr
  --quiet        no progress on stderr
  --input FILE   the whole input as JSON, - for stdin, or the JSON itself; flags win over it
  --help         what a command takes

Exit codes: 0 done, 2 invalid, 3 not_found, 4 forbidden, 5 conflict, 6 exhausted, 7 unavailable, 8 corrupt, 70 internal

puhui <noun> <verb> --help tells what a command takes.
)");
}

TEST_F(CliTest, the_help_of_a_verb_tells_each_flag_from_its_shape) {
  const std::string help = run({"loan", "ask", "--help"}).out;
  const std::string upper_half = help.substr(0, help.find("\nAnswer:"));
  EXPECT_EQ(upper_half, R"(Asks for a loan.

Usage: puhui loan ask --requested-amount MONEY --terms.rate RATE [--field value ...]

Flags:
  --requested-amount MONEY  required; what is asked for; such as '1200.00 CNY'
  --months WHOLE-NUMBER     how long; 1 to 360; default 12
  --[no-]urgent             today, please; default false
  --pace slow|fast          default slow
  --terms.rate RATE         required; a year; such as '0.18'
  --terms.from DATE         first day; today when absent; such as '2026-02-28'
  --tags TEXT ...           at most 3 items; may stand several times
  --lines JSON-OBJECT ...   may stand several times

Objects may also be given as JSON: --object '{"field": ...}'.

It changes what is stored.
)");
  EXPECT_THAT(help, HasSubstr("\nAnswer:\n  requested_amount"));
  EXPECT_THAT(help, HasSubstr("Exit codes: 0 done"));
}

TEST_F(CliTest, progress_stays_away_from_json_and_quiet) {
  terminal = true;
  EXPECT_THAT(run(kAsk).err, HasSubstr("asking  [############............]  50 %  1 of 2"));
  EXPECT_EQ(run(ask_with({"--quiet"})).err, "");
  EXPECT_THAT(run(ask_with({"--json"})).err, HasSubstr("asking"));
  terminal = false;
  EXPECT_EQ(run(ask_with({"--json"})).err, "");
}

std::string shown(ProgressForm form, const std::vector<std::pair<int64_t, uint64_t>>& steps, uint64_t total) {
  std::FILE* to = std::tmpfile();
  int64_t now_ns = 0;
  {
    ProgressBar bar(form, to, [&] { return now_ns; });
    for (const auto& [at_ms, done] : steps) {
      now_ns = at_ms * 1'000'000;
      bar.step("scoring", done, total);
    }
  }
  std::string text(1 << 14, '\0');
  std::rewind(to);
  text.resize(std::fread(text.data(), 1, text.size(), to));
  std::fclose(to);
  return text;
}

TEST(ProgressBar, lines_come_every_few_seconds_with_rate_and_rest) {
  EXPECT_EQ(
      shown(ProgressForm::lines, {{0, 0}, {1'000, 1'000}, {5'000, 5'000}, {6'000, 6'000}, {10'000, 10'000}}, 100'000),
      "scoring  5 %  5,000 of 100,000  1,000/s  1 min 35 s left\n"
      "scoring  10 %  10,000 of 100,000  1,000/s  1 min 30 s left\n");
  EXPECT_EQ(shown(ProgressForm::lines, {{0, 0}, {5'000, 10}}, 0), "scoring  10  2/s\n") << "without a known total";
}

TEST(ProgressBar, a_bar_moves_ten_times_a_second_at_most_and_always_to_its_end) {
  EXPECT_EQ(shown(ProgressForm::bar, {{0, 0}, {50, 10}, {1'000, 50}, {1'001, 51}, {1'010, 100}}, 100),
            "\rscoring  [........................]  0 %  0 of 100\x1b[K"
            "\rscoring  [############............]  50 %  50 of 100  50/s  1 s left\x1b[K"
            "\rscoring  [########################]  100 %  100 of 100  99/s\x1b[K\n");
}

TEST(ProgressBar, durations_are_told_as_people_say_them) {
  EXPECT_EQ(duration_text(12), "12 s");
  EXPECT_EQ(duration_text(200), "3 min 20 s");
  EXPECT_EQ(duration_text(3'900), "1 h 05 min");
}

}  // namespace
}  // namespace puhui::cli
