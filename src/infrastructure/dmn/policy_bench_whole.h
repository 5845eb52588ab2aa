// The whole policy of the bench: ten decisions, four tables, a scorecard and decimal pricing; and the same judgement in
// plain integers, written for this policy alone.
#pragma once

#include "infrastructure/dmn/policy_bench_application.h"

namespace puhui::dmn::bench {

constexpr std::array<size_t, 12> kAllInputs{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

struct Rule {
  std::vector<std::string> cells;  // inputs, then outputs
};

inline std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '<' ? "&lt;" : std::string(1, c);
  return out;
}

inline std::string table(const std::string& id, std::string_view hit, std::vector<std::string> inputs,
                         std::vector<std::pair<std::string, std::string>> outputs, const std::vector<Rule>& rules) {
  std::string xml = "<decisionTable id='" + id + "' " + std::string(hit) + ">";
  for (const std::string& input : inputs) {
    xml += "<input><inputExpression><text>" + input + "</text></inputExpression></input>";
  }
  for (const auto& [name, type] : outputs) xml += "<output name='" + name + "' typeRef='" + type + "'/>";
  for (size_t r = 0; r < rules.size(); ++r) {
    xml += "<rule id='" + id + "_" + std::to_string(r + 1) + "'>";
    for (size_t c = 0; c < rules[r].cells.size(); ++c) {
      const std::string tag = c < inputs.size() ? "inputEntry" : "outputEntry";
      xml += "<" + tag + "><text>" + escaped(rules[r].cells[c]) + "</text></" + tag + ">";
    }
    xml += "</rule>\n";
  }
  return xml + "</decisionTable>";
}

inline std::string decision(std::string_view name, std::string_view type, std::vector<std::string> needs,
                            const std::string& logic) {
  std::string xml = "<decision id='" + id_of(name) + "' name='" + std::string(name) + "'><variable name='" +
                    std::string(name) + "' typeRef='" + std::string(type) + "'/>";
  for (const std::string& need : needs) {
    const bool is_input = std::ranges::find(kInputNames, need) != kInputNames.end();
    xml += std::string("<informationRequirement><required") + (is_input ? "Input" : "Decision") + " href='#" +
           id_of(need) + "'/></informationRequirement>";
  }
  return xml + logic + "</decision>\n";
}

inline std::string literal(std::string_view text) {
  return "<literalExpression><text>" + escaped(text) + "</text></literalExpression>";
}

inline std::string entry(std::string_view name, std::string_view text) {
  return "<contextEntry><variable name='" + std::string(name) + "' typeRef='number'/>" + literal(text) +
         "</contextEntry>";
}

// base and fee in percent, by band and product.
struct Terms {
  int64_t base_bp;
  int64_t fee_bp;
};
inline Terms terms_of(size_t band, size_t product) {
  return {static_cast<int64_t>(300 + 175 * band + 60 * product), static_cast<int64_t>(25 + 35 * band + 10 * product)};
}

inline std::vector<Rule> terms_rules() {
  std::vector<Rule> rules;
  for (size_t band = 0; band < 5; ++band) {
    for (size_t product = 0; product < kProducts.size(); ++product) {
      const Terms terms = terms_of(band, product);
      rules.push_back(
          {{std::string("\"") + "ABCDE"[band] + "\"", "\"" + std::string(kProducts[product]) + "\"",
            feel::Decimal::scaled(terms.base_bp, -2).text(), feel::Decimal::scaled(terms.fee_bp, -2).text()}});
    }
  }
  return rules;
}

inline std::string scorecard() {
  return decision(
      "Points", "number", {"age", "income", "employment", "months on book", "delinquencies", "Debt ratio"},
      table("t1", "hitPolicy='COLLECT' aggregation='SUM'",
            {"age", "income", "employment", "months on book", "delinquencies", "Debt ratio"}, {{"points", "number"}},
            {{{"< 25", "-", "-", "-", "-", "-", "5.5"}},
             {{"[25..40)", "-", "-", "-", "-", "-", "22"}},
             {{"[40..60)", "-", "-", "-", "-", "-", "31.25"}},
             {{">= 60", "-", "-", "-", "-", "-", "18"}},
             {{"-", "< 2000", "-", "-", "-", "-", "-12"}},
             {{"-", "[2000..4500)", "-", "-", "-", "-", "14"}},
             {{"-", ">= 4500", "-", "-", "-", "-", "37.5"}},
             {{"-", "-", "\"employed\", \"public\"", "-", "-", "-", "25"}},
             {{"-", "-", "\"self-employed\", \"retired\"", "-", "-", "-", "11"}},
             {{"-", "-", "-", "0", "-", "-", "3"}},
             {{"-", "-", "-", "[1..24)", "-", "-", "12"}},
             {{"-", "-", "-", ">= 24", "-", "-", "29"}},
             {{"-", "-", "-", "-", "0", "-", "40"}},
             {{"-", "-", "-", "-", "[1..2]", "-", "-15"}},
             {{"-", "-", "-", "-", "> 2", "-", "-70"}},
             {{"-", "-", "-", "-", "-", "< 0.2", "33"}},
             {{"-", "-", "-", "-", "-", "[0.2..0.4)", "10"}},
             {{"-", "-", "-", "-", "-", ">= 0.4", "-35"}}}));
}

inline std::string whole_policy() {
  std::string xml =
      "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='loan' namespace='l' id='l'>";
  xml +=
      "<itemDefinition name='tTerms'><itemComponent name='base'><typeRef>number</typeRef></itemComponent>"
      "<itemComponent name='fee'><typeRef>number</typeRef></itemComponent></itemDefinition>";
  xml += input_data(kAllInputs);
  xml += decision("Principal part", "number", {"amount", "term"}, literal("decimal(amount / term, 2)"));
  xml += decision("Debt ratio", "number", {"debt", "income", "Principal part"},
                  literal("if income > 0 then decimal((debt + Principal part) / income, 4) else 9"));
  xml += decision("Segment", "string", {"age", "employment", "existing"},
                  table("t2", "hitPolicy='FIRST'", {"age", "employment", "existing"}, {{"segment", "string"}},
                        {{{"< 21", "-", "-", "\"young\""}},
                         {{"-", "\"retired\"", "-", "\"senior\""}},
                         {{">= 68", "-", "-", "\"senior\""}},
                         {{"-", "\"none\"", "false", "\"new without work\""}},
                         {{"-", "-", "true", "\"known\""}},
                         {{"-", "-", "-", "\"new\""}}}));
  xml += scorecard();
  xml += decision("Score", "number", {"Points"}, literal("max(300, min(850, 520 + Points))"));
  xml += decision("Band", "string", {"Score", "delinquencies"},
                  table("t3", "hitPolicy='FIRST'", {"Score", "delinquencies"}, {{"band", "string"}},
                        {{{"-", "> 4", "\"E\""}},
                         {{">= 660", "-", "\"A\""}},
                         {{">= 620", "-", "\"B\""}},
                         {{">= 575", "-", "\"C\""}},
                         {{">= 520", "-", "\"D\""}},
                         {{"-", "-", "\"E\""}}}));
  xml += decision(
      "Eligible", "boolean", {"age", "region", "product", "amount", "Segment"},
      table("t4", "hitPolicy='FIRST'", {"age", "region", "product", "amount", "Segment"}, {{"eligible", "boolean"}},
            {{{"< 18", "-", "-", "-", "-", "false"}},
             {{"-", "\"abroad\"", "not(\"study\")", "-", "-", "false"}},
             {{"-", "-", "\"card\"", "> 15000", "-", "false"}},
             {{"-", "-", "\"study\"", "-", "\"senior\"", "false"}},
             {{"-", "-", "-", "> 30000", "\"young\", \"new without work\"", "false"}},
             {{"-", "-", "-", "-", "-", "true"}}}));
  xml += decision(
      "Terms", "tTerms", {"Band", "product"},
      table("t5", "hitPolicy='UNIQUE'", {"Band", "product"}, {{"base", "number"}, {"fee", "number"}}, terms_rules()));
  xml += decision("Offer", "Any", {"Terms", "index rate", "existing", "amount", "Principal part", "term"},
                  "<context>" + entry("rate", "Terms.base + index rate + (if existing then -0.25 else 0)") +
                      entry("fee", "decimal(amount * Terms.fee / 100, 2)") +
                      entry("interest", "decimal((amount + fee) * rate / 1200, 2)") +
                      entry("instalment", "Principal part + interest") + entry("total", "instalment * term + fee") +
                      "</context>");
  xml += decision("Outcome", "string", {"Eligible", "Band", "Offer", "income", "Debt ratio"},
                  literal("if not(Eligible) or Band = \"E\" or Offer.instalment > income * 0.5 then \"decline\" else "
                          "if Band = \"D\" or Debt ratio > 0.45 then \"refer\" else \"approve\""));
  return xml + "</definitions>";
}

// numerator / denominator to the nearest whole number, halves to even.
inline int64_t divided(__int128 numerator, __int128 denominator) {
  const __int128 quotient = numerator / denominator;
  const __int128 twice = 2 * (numerator % denominator);
  return static_cast<int64_t>(quotient + (twice > denominator || (twice == denominator && quotient % 2 != 0) ? 1 : 0));
}

struct Judgement {
  int64_t principal_cents = 0;
  int64_t ratio = 0;  // ten thousandths
  int64_t score = 0;  // hundredths
  std::string_view segment, outcome;
  size_t band = 0;
  bool eligible = false;
  int64_t rate_bp = 0, fee_cents = 0, interest_cents = 0, instalment_cents = 0, total_cents = 0;
};

inline int64_t points_of(const Application& a, int64_t ratio) {
  int64_t points = a.age < 25 ? 550 : a.age < 40 ? 2200 : a.age < 60 ? 3125 : 1800;
  points += a.income_cents < 200'000 ? -1200 : a.income_cents < 450'000 ? 1400 : 3750;
  constexpr std::array<int64_t, 5> kByEmployment{2500, 1100, 2500, 1100, 0};
  points += kByEmployment[a.employment];
  points += a.months_on_book == 0 ? 300 : a.months_on_book < 24 ? 1200 : 2900;
  points += a.delinquencies == 0 ? 4000 : a.delinquencies <= 2 ? -1500 : -7000;
  return points + (ratio < 2000 ? 3300 : ratio < 4000 ? 1000 : -3500);
}

inline Judgement judge(const Application& a) {
  Judgement j;
  j.principal_cents = divided(a.amount_cents, a.term_months);
  j.ratio = divided(__int128{a.debt_cents + j.principal_cents} * 10'000, a.income_cents);
  j.segment = a.age < 21                         ? "young"
              : a.employment == 3 || a.age >= 68 ? "senior"
              : a.employment == 4 && !a.existing ? "new without work"
              : a.existing                       ? "known"
                                                 : "new";
  j.score = std::clamp<int64_t>(52'000 + points_of(a, j.ratio), 30'000, 85'000);
  j.band = a.delinquencies > 4 ? 4
           : j.score >= 66'000 ? 0
           : j.score >= 62'000 ? 1
           : j.score >= 57'500 ? 2
           : j.score >= 52'000 ? 3
                               : 4;
  const bool careful = j.segment == "young" || j.segment == "new without work";
  j.eligible = a.age >= 18 && !(a.region == 5 && a.product != 3) && !(a.product == 2 && a.amount_cents > 1'500'000) &&
               !(a.product == 3 && j.segment == "senior") && !(a.amount_cents > 3'000'000 && careful);
  const Terms terms = terms_of(j.band, a.product);
  j.rate_bp = terms.base_bp + a.index_rate_bp - (a.existing ? 25 : 0);
  j.fee_cents = divided(__int128{a.amount_cents} * terms.fee_bp, 10'000);
  j.interest_cents = divided(__int128{a.amount_cents + j.fee_cents} * j.rate_bp, 120'000);
  j.instalment_cents = j.principal_cents + j.interest_cents;
  j.total_cents = j.instalment_cents * a.term_months + j.fee_cents;
  const bool declined = !j.eligible || j.band == 4 || 2 * j.instalment_cents > a.income_cents;
  j.outcome = declined ? "decline" : j.band == 3 || j.ratio > 4500 ? "refer" : "approve";
  return j;
}

// What FEEL prints for the decision of that name.
inline std::string expected_text(const Judgement& j, const Application& a, std::string_view decision) {
  const auto hundredths = [](int64_t n) { return feel::Decimal::scaled(n, -2).text(); };
  const auto quoted = [](std::string_view text) { return "\"" + std::string(text) + "\""; };
  if (decision == "Principal part") return hundredths(j.principal_cents);
  if (decision == "Debt ratio") return feel::Decimal::scaled(j.ratio, -4).text();
  if (decision == "Segment") return quoted(j.segment);
  if (decision == "Points") return hundredths(points_of(a, j.ratio));
  if (decision == "Score") return hundredths(j.score);
  if (decision == "Band") return quoted(std::string(1, "ABCDE"[j.band]));
  if (decision == "Eligible") return j.eligible ? "true" : "false";
  if (decision == "Terms") {
    const Terms terms = terms_of(j.band, a.product);
    return "{base: " + hundredths(terms.base_bp) + ", fee: " + hundredths(terms.fee_bp) + "}";
  }
  if (decision == "Outcome") return quoted(j.outcome);
  return "{rate: " + hundredths(j.rate_bp) + ", fee: " + hundredths(j.fee_cents) +
         ", interest: " + hundredths(j.interest_cents) + ", instalment: " + hundredths(j.instalment_cents) +
         ", total: " + hundredths(j.total_cents) + "}";
}

}  // namespace puhui::dmn::bench
