#include "ground/base/verb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace puhui {
namespace {

struct Ask {
  std::string name;
  int32_t times = 1;
};
void fields(Shape& s, Ask& a) {
  s.field("name", a.name, {.help = "whom to greet", .min = 1, .max = 20});
  s.field("times", a.times, {.min = 1, .max = 3, .optional = true});
}

struct Answer {
  std::vector<std::string> greetings;
};
void fields(Shape& s, Answer& a) { s.field("greetings", a.greetings); }

class NoProgress : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override {}
};

Verb greet() {
  return make_verb<Ask, Answer>(
      {.noun = "people", .verb = "greet", .help = "Greets."},
      [](const VerbCall& call, const Ask& ask) -> Result<Answer> {
        if (ask.name == call.caller.name) return fail(ErrorCode::conflict, "name", "expected another than yourself");
        return Answer{std::vector<std::string>(static_cast<size_t>(ask.times), "hello " + ask.name)};
      });
}

Result<std::string> ask(const char* input) {
  const Caller caller{"anna", {}};
  NoProgress progress;
  return print_json(TRY(greet().run({caller, progress}, TRY(parse_json(input)))));
}

TEST(Verb, ReadsItsInputRunsAndWritesItsAnswer) {
  EXPECT_EQ(ask(R"({"name":"bo","times":2})").value(), R"({"greetings":["hello bo","hello bo"]})");
  EXPECT_EQ(ask(R"({"name":"bo"})").value(), R"({"greetings":["hello bo"]})");
}

TEST(Verb, AFaultyInputNeverReachesTheHandler) {
  EXPECT_EQ(ask(R"({"name":"","times":9})").error().faults.size(), 2u);
  EXPECT_EQ(ask(R"({"name":"anna"})").error().code, ErrorCode::conflict) << "the handler's own refusal";
}

TEST(Verb, IsACallOfItsActivityUnlessAUseCaseIsCharged) {
  CpuAccounts accounts;
  std::vector<Verb> verbs{greet()};
  charge_to(accounts, verbs);
  const Caller caller{"anna", {}};
  NoProgress progress;
  const auto call = [&](const char* name) {
    (void)verbs[0].run({caller, progress}, Json::Object{{"name", Json(name)}});
  };
  call("bo");
  call("anna");
  const CpuAccount& activity = accounts.activity("people.greet");
  EXPECT_EQ(activity.calls(), 2u);
  EXPECT_EQ(activity.errors(), 1u);
  const CpuScope job(accounts.account("lending.approval"));
  call("bo");
  EXPECT_EQ(activity.calls(), 2u);
}

TEST(Verb, ShowsItsShapesAndItsPermission) {
  const Verb verb = greet();
  EXPECT_EQ(verb.permission(), "people.greet");
  SchemaWriter input, output;
  verb.input(input), verb.output(output);
  EXPECT_NE(input.take().find("properties")->find("name"), nullptr);
  EXPECT_NE(output.take().find("properties")->find("greetings"), nullptr);
}

TEST(Caller, MayWhatIsGrantedAndNothingElse) {
  const Caller caller{"anna", {"lending.*", "evidence.verify"}};
  EXPECT_TRUE(caller.may("lending.apply"));
  EXPECT_TRUE(caller.may("evidence.verify"));
  for (const char* not_granted : {"evidence.replay", "lending", "lendings.apply", "evidence.verify2", "*", ""}) {
    EXPECT_FALSE(caller.may(not_granted)) << not_granted;
  }
  EXPECT_TRUE((Caller{"root", {"*"}}.may("anything.at_all")));
  EXPECT_FALSE((Caller{"nobody", {}}.may("lending.apply")));
  EXPECT_FALSE((Caller{"odd", {""}}.may("lending.apply")));
}

}  // namespace
}  // namespace puhui
