// What the workbench's tests share: a disk in memory and small policies.
#pragma once

#include <string>

#include "infrastructure/workbench/policy_source.h"

namespace puhui::workbench {

struct Nobody final : Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

struct Desk {
  MemoryFiles files;
  Caller caller{"test", {"*"}};
  Nobody progress;
  VerbCall near{caller, progress, &files};
  VerbCall far{caller, progress, nullptr};
};

inline std::string definitions(const std::string& name, const std::string& body) {
  return "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" id=\"" + name + "\" name=\"" + name +
         "\" namespace=\"urn:" + name + "\">" + body + "</definitions>";
}

inline std::string input_data(const std::string& name, const std::string& type) {
  return "<inputData id=\"i_" + name + "\" name=\"" + name + "\"><variable name=\"" + name + "\" typeRef=\"" + type +
         "\"/></inputData>";
}

// Score and income give a grade; the grade an outcome.
inline std::string graded(const std::string& cut = "600") {
  return definitions(
      "graded",
      input_data("score", "number") + input_data("income", "number") +
          "<decision id=\"grade\" name=\"Grade\"><variable name=\"Grade\" typeRef=\"string\"/>"
          "<informationRequirement><requiredInput href=\"#i_score\"/></informationRequirement>"
          "<decisionTable id=\"t_grade\" "
          "hitPolicy=\"UNIQUE\"><input><inputExpression><text>score</text></inputExpression>"
          "</input><output/>"
          "<rule id=\"high\"><inputEntry><text>&gt;= " +
          cut +
          "</text></inputEntry><outputEntry><text>\"A\"</text></outputEntry></rule>"
          "<rule id=\"low\"><inputEntry><text>&lt; " +
          cut +
          "</text></inputEntry><outputEntry><text>\"B\"</text></outputEntry></rule></decisionTable></decision>"
          "<decision id=\"outcome\" name=\"Outcome\"><variable name=\"Outcome\" typeRef=\"string\"/>"
          "<informationRequirement><requiredDecision href=\"#grade\"/></informationRequirement>"
          "<informationRequirement><requiredInput href=\"#i_income\"/></informationRequirement>"
          "<literalExpression id=\"outcome_text\"><text>if Grade = \"A\" and income &gt; 1000 then \"approve\" else "
          "\"refuse\"</text></literalExpression></decision>");
}

}  // namespace puhui::workbench
