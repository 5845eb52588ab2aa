// Any bytes as a DMN file: read, compiled, its tables analysed, every decision evaluated with nothing given and with odd
// values.
#include "infrastructure/dmn/analysis.h"
#include "infrastructure/dmn/policy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const dmn::NoFunctions host;
  dmn::CompileOptions options;
  options.limits = {.xml_bytes_max = 1 << 20,
                    .xml_depth_max = 64,
                    .xml_elements_max = 20'000,
                    .steps_max = 20'000,
                    .depth_max = 32,
                    .arena_bytes_max = 1 << 20};
  options.on_fault = dmn::CompileOptions::OnFault::null_with_cause;
  const auto policy = dmn::Policy::compile(text, host, options);
  if (!policy) return 0;
  const auto reports = dmn::analyse(*policy, {.steps_max = 20'000, .states_max = 1'000});
  if (reports.size() != policy->tables().size()) __builtin_trap();
  dmn::Scratch scratch(options.limits);
  dmn::Trace trace;
  std::vector<feel::Value> inputs(policy->inputs().size(), feel::Value::number(3));
  for (const bool given : {false, true}) {
    const auto answers = given ? policy->evaluate(inputs, scratch, &trace) : policy->evaluate({}, scratch, &trace);
    for (const feel::Value& answer : answers) text_of(answer);
    for (const uint32_t hit : trace.hits) {
      if (hit >= policy->rules().size()) __builtin_trap();
    }
    trace.clear();
  }
  return 0;
}
