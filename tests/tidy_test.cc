// Keeps the rules of STYLE.md: each is asked of this repository, and of a small tree that breaks it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/tidy_rules.h"

namespace puhui::tidy {
namespace {

namespace fs = std::filesystem;

// The repository is found upwards from where the test was started.
std::string root() {
  for (fs::path at = fs::current_path();; at = at.parent_path()) {
    if (fs::exists(at / "src" / "floors.cmake")) return at.string();
    if (at == at.parent_path()) return "";
  }
}

const Tree& repository() {
  static const Tree tree = root().empty() ? Tree{} : read_tree(root());
  return tree;
}

std::string lines(const Complaints& complaints) {
  std::string out;
  for (const std::string& complaint : complaints) out += "\n  " + complaint;
  return out;
}

struct Rule {
  std::string name;
  Complaints (*complaints)(const Tree&);
  std::vector<Tree> broken;  // each breaks the rule
  Tree kept;                 // looks like it, and does not
};

void PrintTo(const Rule& rule, std::ostream* to) { *to << rule.name; }

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

const std::string kLaw =
    "module(ground/base USES x)\nmodule(applications/lending SEES ground)\nmodule(applications/fraud SEES ground)\n";
const std::string kHead = "// What it is.\n#pragma once\n";

std::vector<Rule> rules_of_places() {
  return {
      {"IncludesObeyTheFloors",
       includes_obey_the_floors,
       {{{"src/floors.cmake", kLaw},
         {"src/ground/base/a.h", "#include \"applications/lending/b.h\"\n"},
         {"src/applications/lending/b.h", ""}},
        {{"src/floors.cmake", kLaw},
         {"src/applications/fraud/a.cc", "#include \"applications/lending/b.h\"\n"},
         {"src/applications/lending/b.h", ""}},
        {{"src/floors.cmake", kLaw}, {"src/ground/base/a.h", "#include \"ground/base/none.h\"\n"}}},
       {{"src/floors.cmake", kLaw},
        {"src/applications/lending/b.h", "#include \"ground/base/a.h\"\n#include <map>\n"},
        {"src/ground/base/a.h", ""}}},
      {"HeavyHeadersStayBehindTheirWalls",
       heavy_headers_stay_behind_their_walls,
       {{{"src/ground/base/json.h", "#include <boost/json.hpp>\n"}},
        {{"src/applications/lending/a.cc", "#include <soci/soci.h>\n"}},
        {{"src/doors/http/routes.cc", "#include <boost/asio.hpp>\n"}}},
       {{"src/ground/base/json.cc", "#include <boost/json.hpp>\n"},
        {"src/ground/store/sql.cc", "#include <soci/soci.h>\n"}}},
      {"NoFileIncludesItselfInACircle",
       no_file_includes_itself_in_a_circle,
       {{{"src/g/a.h", "#include \"g/b.h\"\n"},
         {"src/g/b.h", "#include \"g/c.h\"\n"},
         {"src/g/c.h", "#include \"g/a.h\"\n"}}},
       {{"src/g/a.h", "#include \"g/b.h\"\n#include \"g/c.h\"\n"},
        {"src/g/b.h", "#include \"g/c.h\"\n"},
        {"src/g/c.h", ""}}},
      {"EveryFolderIsAListedModule",
       every_folder_is_a_listed_module,
       {{{"src/floors.cmake", "module(ground/base)\n"}, {"src/ground/base/a.cc", ""}, {"src/ground/loose/a.cc", ""}},
        {{"src/floors.cmake", "module(ground/base)\nmodule(ground/store SEES ground/base)\n"},
         {"src/ground/base/a.cc", ""}}},
       {{"src/floors.cmake", "module(ground/base)\n"}, {"src/ground/base/inner/a.cc", ""}}},
      {"OnlyTheBankNamesTheBank",
       only_the_bank_names_the_bank,
       {{{"src/doors/cli/a.cc", "void f(Bank& bank);\n"}}, {{"src/doors/cli/a.cc", "using bank::open;\n"}}},
       {{"src/doors/cli/a.cc", "int f();  // asks the Bank\n"}, {"src/bank/bank.cc", "Bank b;\n"}}},
      {"TheWorldComesInFromOutside",
       the_world_comes_in_from_outside,
       {{{"src/applications/lending/a.cc", "auto t = std::chrono::system_clock::now();\n"}},
        {{"src/applications/lending/a.cc", "auto t = time(nullptr);\n"}},
        {{"src/applications/lending/a.cc", "std::random_device d;\n"}}},
       {{"src/ground/base/clock.cc", "system_clock::now();\n"}, {"src/g/a.cc", "auto t = wait_time(0);\n"}}},
  };
}

std::vector<Rule> rules_of_names_and_sizes() {
  return {
      {"NoFolderOfHelpers",
       no_folder_of_helpers,
       {{{"src/ground/utils/a.h", ""}}, {{"src/ground/base/test_helper.h", ""}}, {{"console/src/common.ts", ""}}},
       {{"src/infrastructure/compute/managed.h", ""}}},
      {"ABareNounReads",
       a_bare_noun_reads,
       {{{"src/g/a.h", "  int get_balance() const;\n"}}, {{"src/g/a.cc", "int* get_row(int i) {\n"}}},
       {{"src/g/a.cc", "if (auto* b = std::get_if<bool>(&v)) widget_of(b);  // not get_balance()\n"}}},
      {"FilesAreShort",
       files_are_short,
       {{{"src/g/a.cc", repeated("int x;\n", 601)}},
        {{"src/g/a.h", repeated("\n", 251)}},
        {{"STYLE.md", repeated("\n", 151)}}},
       {{"src/g/a.cc", repeated("int x;\n", 600)}, {"policies/table.json", repeated("\n", 5000)}}},
      {"FunctionsAreShort",
       functions_are_short,
       {{{"src/g/a.cc", "namespace g {\nint f(int x) {\n" + repeated("  if (x) { x = 1; }\n", 70) + "}\n}\n"}},
        {{"src/g/a.cc", "template <class T>\nT f(T x) {\n" + repeated("  ++x;\n", 70) + "}\n"}},
        {{"src/g/a.h", "class C {\n  void f() {\n" + repeated("    g();\n", 70) + "  }\n};\n"}}},
       {{"src/g/a.cc", "int f() {\n" + repeated("  g();  // {\n  h(\"{\");\n", 30) + "}\nconst int kTable[] = {\n" +
                           repeated("  1,\n", 90) + "};\n"},
        {"src/g/a.h", "struct S : Base {\n" + repeated("  int f() { return 1; }\n", 90) + "};\n"}}},
  };
}

std::vector<Rule> rules_of_words() {
  const std::string page = "# Title\n## Question\n## Answer\n## Alternatives\n## What would make us take it back\n";
  return {
      {"HeadersOpenWithWhatTheyAreFor",
       headers_open_with_what_they_are_for,
       {{{"src/g/a.h", "#pragma once\n"}},
        {{"src/g/a.h", "// What it is.\nint x;\n"}},
        {{"src/g/a.h", kHead + "using namespace std;\n"}}},
       {{"src/g/a.h", kHead}}},
      {"NothingIsLeftForLater",
       nothing_is_left_for_later,
       {{{"src/g/a.cc",
          "// FIX"
          "ME later\n"}},
        {{"docs/a.md",
          "TO"
          "DO: write\n"}}},
       {{"src/g/a.cc",
         "mkdtemp(\"a-XXXX"
         "XX\");\n"}}},
      {"NoPathOfOneMachine",
       no_path_of_one_machine,
       {{{"docs/a.md",
          "see /ho"
          "me/anna/x\n"}},
        {{"cmake/a.cmake",
          "set(x \"/ro"
          "ot/y\")\n"}}},
       {{"docs/a.md", "docs/work/in/progress, https://example.org/home/x\n"}}},
      {"DecisionsAreOnePageEach",
       decisions_are_one_page_each,
       {{{"docs/decisions/first.md", page}},
        {{"docs/decisions/0001-a.md", page}, {"docs/decisions/0001-b.md", page}},
        {{"docs/decisions/0001-a.md", "# Title\n## Question\n## Answer\n## Alternatives\n"}}},
       {{"docs/decisions/0001-a.md", page}, {"docs/decisions/0003-b.md", page}}},
      {"LinksInPagesLeadSomewhere",
       links_in_pages_lead_somewhere,
       {{{"docs/a.md", "[b](b.md)\n"}}},
       {{"docs/a.md", "[b](../src/b.h#top) [c](https://example.org) [d](#here)\n"}, {"src/b.h", ""}}},
  };
}

std::vector<Rule> all_rules() {
  std::vector<Rule> out = rules_of_places();
  for (auto& more : {rules_of_names_and_sizes(), rules_of_words()}) out.insert(out.end(), more.begin(), more.end());
  return out;
}

class Tidy : public testing::TestWithParam<Rule> {};

TEST_P(Tidy, IsKeptHere) {
  ASSERT_GT(repository().size(), 20u) << "started outside the repository: run it from its root";
  const Complaints complaints = GetParam().complaints(repository());
  EXPECT_TRUE(complaints.empty()) << lines(complaints);
}

TEST_P(Tidy, SeesWhatBreaksIt) {
  for (const Tree& tree : GetParam().broken) {
    EXPECT_FALSE(GetParam().complaints(tree).empty()) << "missed in " << tree.rbegin()->first << ":\n"
                                                      << tree.rbegin()->second.substr(0, 200);
  }
  const Complaints complaints = GetParam().complaints(GetParam().kept);
  EXPECT_TRUE(complaints.empty()) << "complains of what is well:" << lines(complaints);
}

INSTANTIATE_TEST_SUITE_P(Rules, Tidy, testing::ValuesIn(all_rules()), [](const auto& at) { return at.param.name; });

TEST(CodeOnly, BlanksWhatIsNotCodeAndKeepsTheLines) {
  EXPECT_EQ(code_only("a // b\nc"), "a     \nc");
  EXPECT_EQ(code_only("a /* b\n b */ c"), "a     \n      c");
  EXPECT_EQ(code_only("f(\"}\\\"{\", '}', 1'000'000);"), "f(      ,    , 1'000'000);");
  EXPECT_EQ(code_only("x = R\"(a \" } )\"; y"), "x =            ; y");
  EXPECT_EQ(code_only("#define A { \\\n  {\nint x;"), "             \n   \nint x;");
}

TEST(Floors, AFloorStandsForTheModulesAboveIt) {
  const Floors floors =
      floors_of({{"src/floors.cmake",
                  "# module(none)\nmodule(ground/base)\nmodule(ground/store SEES ground/base USES soci)\n"
                  "module(doors/http SEES ground)\nmodule(ground/late)\n"}});
  EXPECT_EQ(floors.sees.size(), 4u);
  EXPECT_THAT(floors.sees.at("doors/http"), testing::ElementsAre("doors/http", "ground/base", "ground/store"));
  EXPECT_EQ(floors.module_of("src/ground/store/sqlite/pages.cc"), "ground/store");
  EXPECT_EQ(floors.module_of("src/ground/storeroom/a.cc"), "");
}

}  // namespace
}  // namespace puhui::tidy
