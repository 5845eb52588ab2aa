// Reference: what the decisions of one version are held against: for each field its bins and how many of the version's
// first decisions fell into each. Frozen once, kept as an artefact by its digest; its edges never move, so a shift
// cannot move the bins it is measured with.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "governance/drift/drift_shapes.h"
#include "infrastructure/evidence/record.h"
#include "infrastructure/kernel/version.h"

namespace puhui::drift {

inline constexpr uint64_t kReferenceRows = 5000;    // so many decisions of a version freeze by themselves
inline constexpr uint64_t kReferenceRowsMin = 100;  // fewer are no reference
inline constexpr size_t kNumberBins = 10;           // of numbers with many values: deciles
inline constexpr size_t kKnownValuesMax = 50;       // of texts; of numbers kDistinctNumbersMax
inline constexpr size_t kDistinctNumbersMax = 20;   // a number of more distinct values is cut at deciles
inline constexpr uint64_t kKnownValueRowsMin = 20;  // a value of fewer is 'other': it may tell a person
inline constexpr std::string_view kReferenceKind = "drift_reference";  // of the artefact

// What is watched of a version's decisions: unsealed facts, each model's probability and score, the outcome.
struct Field {
  std::string name;
  FieldKind kind = FieldKind::fact;
  evidence::FactType type = evidence::FactType::number;
  bool operator==(const Field&) const = default;
};
std::vector<Field> fields_of(const kernel::Version& version);

// One decision's values in that order; nullopt where it cannot be known (facts erased by retention).
using Values = std::vector<std::optional<evidence::FactValue>>;
Values values_of(const kernel::Version& version, const evidence::Judgement& judgement,
                 std::span<const evidence::FactValue> facts);

// One field's bins: ranges between edges, or known values and 'other'; the last bin is 'absent'.
struct Frame {
  Field field;
  std::vector<double> edges;       // ascending; bin i is (edge i-1, edge i]
  std::vector<double> numbers;     // known numbers, ascending; dates as days since 1970
  std::vector<std::string> texts;  // known texts, ascending
  std::vector<uint64_t> rows;      // of the reference, a bin
  bool by_value = false;           // known values, not ranges

  size_t bins() const;
  size_t bin_of(const evidence::FactValue& value) const;
  std::string label(size_t bin) const;
  bool operator==(const Frame&) const = default;
};

struct Reference {
  Digest permit;
  std::string use_case;
  uint64_t rows = 0, first_record = 0, last_record = 0;
  Timestamp frozen_at;  // when the last of them was decided, or when people asked for it
  Date first_day, last_day;
  std::vector<Frame> frames;

  std::string bytes() const;  // canonical JSON: its digest is its name
  static Result<Reference> parse(std::string_view bytes);
  bool operator==(const Reference&) const = default;
};

// Bins of `decisions` (as many Values, each in the order of `fields`), rows counted.
std::vector<Frame> freeze(const std::vector<Field>& fields, std::span<const Values* const> decisions);

}  // namespace puhui::drift
