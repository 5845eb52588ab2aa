#include "infrastructure/models/model.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/models/model_form.h"

namespace puhui::models {

namespace {

constexpr std::string_view kMagic = "PUHUIMOD";
constexpr uint8_t kVersion = 1, kVersionWithLadders = 2;
constexpr size_t kLadderMax = 1 << 24;  // ranks are exact in float32
constexpr size_t kInputsMax = 32'768;
constexpr size_t kCardBytesMax = 8 << 20;
constexpr double kMicro = 1e6;

void write_columns(ByteWriter& out, const ModelForm& form) {
  out.unsigned_varint(form.words.size());
  for (const uint32_t word : form.words) out.u32(word);
  out.unsigned_varint(form.columns.size());
  for (const LadderColumn& at : form.columns) {
    out.unsigned_varint(at.feature), out.unsigned_varint(at.column.input);
    out.u8(static_cast<uint8_t>(at.column.kind));
    out.u8(static_cast<uint8_t>((at.column.is_float32 ? 1 : 0) | (at.column.is_lightgbm ? 2 : 0)));
    out.unsigned_varint(at.column.first_word), out.unsigned_varint(at.column.word_count);
    out.unsigned_varint(at.ladder.size());
    for (const double threshold : at.ladder) out.real(threshold);
  }
}

uint32_t small(ByteReader& in) { return static_cast<uint32_t>(std::min<uint64_t>(in.unsigned_varint(), UINT32_MAX)); }

void read_columns(ByteReader& in, ModelForm& form) {
  const size_t words = in.count(4);
  for (size_t i = 0; i < words && in.ok(); ++i) form.words.push_back(in.u32());
  const size_t columns = in.count(7);
  for (size_t i = 0; i < columns && in.ok(); ++i) {
    LadderColumn at{.feature = small(in)};
    at.column.input = small(in);
    const uint8_t kind = in.u8(), flags = in.u8();
    if (kind > static_cast<uint8_t>(TreeColumn::Kind::inside_set) || flags > 3) in.reject();
    at.column.kind = static_cast<TreeColumn::Kind>(kind);
    at.column.is_float32 = (flags & 1) != 0, at.column.is_lightgbm = (flags & 2) != 0;
    at.column.first_word = small(in), at.column.word_count = small(in);
    const size_t steps = in.count(8);
    for (size_t s = 0; s < steps && in.ok(); ++s) {
      at.ladder.push_back(in.real());
      if (std::isnan(at.ladder.back()) || (s > 0 && !(at.ladder[s - 1] < at.ladder[s]))) in.reject();
    }
    form.columns.push_back(std::move(at));
  }
  if (form.columns.empty()) in.reject();
}

void write_form(ByteWriter& out, const ModelForm& form) {
  out.u8(static_cast<uint8_t>(form.kind));
  out.unsigned_varint(form.inputs.size());
  for (size_t i = 0; i < form.inputs.size(); ++i) {
    const Input& input = form.inputs[i];
    out.text(input.name);
    out.u8(static_cast<uint8_t>((input.type == ColumnType::categorical ? 1 : 0) | (input.missing_allowed ? 2 : 0)));
    if (input.type != ColumnType::categorical) continue;
    out.unsigned_varint(input.categories.size());
    for (size_t c = 0; c < input.categories.size(); ++c) {
      out.text(input.categories[c]);
      if (form.kind == ModelKind::boosting) out.u32(std::bit_cast<uint32_t>(form.category_numbers[i][c]));
    }
  }
  out.text(print_json(to_json(form.derived.derived())));
  out.unsigned_varint(form.features.size());
  for (size_t f = 0; f < form.features.size(); ++f) out.text(form.features[f]), out.unsigned_varint(form.places[f]);
  if (form.kind == ModelKind::scorecard) {
    form.scorecard.write(out);
  } else {
    out.real(form.scale.points), out.real(form.scale.odds_bad), out.real(form.scale.double_odds);
    form.ensemble.write(out);
    if (!form.columns.empty()) write_columns(out, form);
  }
}

void read_inputs(ByteReader& in, ModelForm& form) {
  const size_t count = in.count(2);
  if (count > kInputsMax) in.reject();
  for (size_t i = 0; i < count && in.ok(); ++i) {
    Input input{.name = std::string(in.text())};
    const uint8_t flags = in.u8();
    if (flags > 3) in.reject();
    input.type = (flags & 1) != 0 ? ColumnType::categorical : ColumnType::numeric;
    input.missing_allowed = (flags & 2) != 0;
    std::vector<float> numbers;
    const size_t categories = input.type == ColumnType::categorical ? in.count(1) : 0;
    for (size_t c = 0; c < categories && in.ok(); ++c) {
      input.categories.emplace_back(in.text());
      if (form.kind == ModelKind::boosting) numbers.push_back(std::bit_cast<float>(in.u32()));
    }
    if (!std::is_sorted(input.categories.begin(), input.categories.end())) in.reject();
    form.inputs.push_back(std::move(input));
    form.category_numbers.push_back(std::move(numbers));
  }
}

bool columns_fit(const ModelForm& form) {
  const size_t places = form.inputs.size() + form.derived.size();
  return form.ensemble.feature_count() == form.columns.size() &&
         std::all_of(form.columns.begin(), form.columns.end(), [&](const LadderColumn& at) {
           return at.feature < form.features.size() && at.column.input < places && at.ladder.size() <= kLadderMax &&
                  uint64_t{at.column.first_word} + at.column.word_count <= form.words.size();
         });
}

// Everything the members say of each other must fit, or scoring would reach beyond them.
bool fits(const ModelForm& form) {
  const size_t places = form.inputs.size() + form.derived.size();
  if (!std::all_of(form.places.begin(), form.places.end(), [&](uint32_t p) { return p < places; })) return false;
  if (form.kind == ModelKind::boosting && !form.columns.empty()) return columns_fit(form);
  if (form.kind == ModelKind::boosting) return form.ensemble.feature_count() == form.features.size();
  const auto& features = form.scorecard.features();
  if (features.size() != form.features.size()) return false;
  for (size_t f = 0; f < features.size(); ++f) {
    if (features[f].place != form.places[f]) return false;
  }
  return true;
}

bool scale_fits(const PointsScale& scale) {
  return std::isfinite(scale.points) && std::fabs(scale.points) <= 1e9 && scale.odds_bad > 0 &&
         std::isfinite(scale.odds_bad) && scale.double_odds > 1e-6 && scale.double_odds <= 1e9;
}

Result<ModelForm> read_form(ByteReader& in, uint8_t version) {
  ModelForm form;
  const uint8_t kind = in.u8();
  if (kind != 1 && kind != 2) in.reject();
  form.kind = static_cast<ModelKind>(kind);
  read_inputs(in, form);
  const auto derived_json = parse_json(in.text());
  if (!in.ok() || !derived_json) return fail(ErrorCode::corrupt, "expected a model's inputs, came other bytes");
  auto derived = parse_derived(*derived_json);
  if (!derived) return fail(ErrorCode::corrupt, "derived features: " + derived.error().text());
  std::vector<std::string> names;
  for (const Input& input : form.inputs) names.push_back(input.name);
  auto program = DerivedProgram::bind(*std::move(derived), names);
  if (!program) return fail(ErrorCode::corrupt, "derived features: " + program.error().text());
  form.derived = *std::move(program);
  const size_t features = in.count(2);
  for (size_t f = 0; f < features && in.ok(); ++f) {
    form.features.emplace_back(in.text());
    const uint64_t place = in.unsigned_varint();
    form.places.push_back(static_cast<uint32_t>(std::min<uint64_t>(place, UINT32_MAX)));
  }
  if (form.kind == ModelKind::scorecard) {
    form.scorecard = Scorecard::read(in);
  } else {
    form.scale = {in.real(), in.real(), in.real()};
    if (!scale_fits(form.scale)) in.reject();
    form.ensemble = TRY(Ensemble::read(in));
    if (version == kVersionWithLadders) read_columns(in, form);
  }
  if (!in.ok() || !fits(form)) return fail(ErrorCode::corrupt, "expected a model, came bytes that do not fit together");
  if (form.kind == ModelKind::boosting) form.explainer = TreeExplainer(form.ensemble);
  return form;
}

// The row, then its derived features. The span lives until the thread's next call.
std::span<const double> places_of(const ModelForm& form, std::span<const double> row) {
  CHECK(row.size() == form.inputs.size(), "a row has one number an input");
  if (form.derived.size() == 0) return row;
  thread_local std::vector<double> places;
  places.assign(row.begin(), row.end());
  places.resize(row.size() + form.derived.size());
  form.derived.run(places);
  return places;
}

size_t ensemble_width(const ModelForm& form) {
  return form.columns.empty() ? form.features.size() : form.columns.size();
}

void boosting_row(const ModelForm& form, std::span<const double> places, std::span<float> out) {
  for (size_t c = 0; c < form.columns.size(); ++c) {
    out[c] = form.columns[c].rank(places[form.columns[c].column.input], form.words);
  }
  if (!form.columns.empty()) return;
  static const std::vector<float> kNumeric;
  for (size_t f = 0; f < out.size(); ++f) {
    const uint32_t place = form.places[f];
    const bool categorical = place < form.inputs.size() && form.inputs[place].type == ColumnType::categorical;
    out[f] = boosting_value(places[place], categorical ? form.category_numbers[place] : kNumeric);
  }
}

double log_odds(const ModelForm& form, int64_t margin) { return static_cast<double>(margin) * form.ensemble.unit(); }

Score boosting_score(const ModelForm& form, int64_t margin) {
  const double odds = log_odds(form, margin);
  const double points = std::clamp(form.scale.score(odds), -1e15, 1e15);
  return {Rate::from_double(sigmoid(odds)), static_cast<int64_t>(std::nearbyint(points))};
}

Explanation explain_scorecard(const ModelForm& form, std::span<const double> places) {
  Explanation out{
      .unit = ContributionUnit::points, .base = form.scorecard.base_points(), .total = form.scorecard.base_points()};
  for (uint32_t f = 0; f < form.features.size(); ++f) {
    out.contributions.push_back({f, form.scorecard.points(f, places)});
    out.total += out.contributions.back().amount;
  }
  return out;
}

// Units of 2^-scale become millionths; the rounding is settled so that the sum stays exact.
Explanation explain_boosting(const ModelForm& form, std::span<const double> places) {
  const size_t count = form.features.size(), width = ensemble_width(form);
  thread_local std::vector<float> row;
  thread_local std::vector<int64_t> values, of_columns;
  thread_local std::vector<double> exact;
  row.resize(width), values.resize(width), exact.resize(count);
  boosting_row(form, places, row);
  form.explainer.explain(row, values);
  if (!form.columns.empty()) {
    of_columns.assign(values.begin(), values.end());
    values.assign(count, 0);
    for (size_t c = 0; c < width; ++c) values[form.columns[c].feature] += of_columns[c];
  }
  const double micro = kMicro * form.ensemble.unit();
  int64_t margin = form.explainer.base();
  for (size_t f = 0; f < count; ++f) margin += values[f], exact[f] = static_cast<double>(values[f]) * micro;
  Explanation out{.unit = ContributionUnit::micro_log_odds};
  out.base = static_cast<int64_t>(std::nearbyint(static_cast<double>(form.explainer.base()) * micro));
  out.total = static_cast<int64_t>(std::nearbyint(static_cast<double>(margin) * micro));
  round_to_total(exact, out.total - out.base, values);
  for (uint32_t f = 0; f < count; ++f) out.contributions.push_back({f, values[f]});
  return out;
}

}  // namespace

std::string_view name_of(ModelKind kind) { return kind == ModelKind::scorecard ? "scorecard" : "boosting"; }

float LadderColumn::rank(double value, std::span<const uint32_t> words) const {
  const double x = column_value(column, words, value);
  if (std::isnan(x)) return std::numeric_limits<float>::quiet_NaN();
  return static_cast<float>(std::upper_bound(ladder.begin(), ladder.end(), x) - ladder.begin());
}

float boosting_value(double value, const std::vector<float>& numbers) {
  constexpr double kFloatMax = std::numeric_limits<float>::max();
  if (numbers.empty() || std::isnan(value)) return static_cast<float>(std::clamp(value, -kFloatMax, kFloatMax));
  const bool known = value >= 0 && value < static_cast<double>(numbers.size());
  return known ? numbers[static_cast<size_t>(value)] : std::numeric_limits<float>::quiet_NaN();
}

Model::Model(std::unique_ptr<const ModelForm> form, Json card, std::string bytes)
    : form_(std::move(form)), card_(std::move(card)), bytes_(std::move(bytes)), hash_(sha256(bytes_)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

Model ModelBuilder::build(ModelForm form, Json card) {
  CHECK(fits(form) && scale_fits(form.scale), "a model's members fit together");
  ByteWriter out;
  out.raw(kMagic);
  out.u8(form.columns.empty() ? kVersion : kVersionWithLadders);
  out.text(print_json(card));
  write_form(out, form);
  if (form.kind == ModelKind::boosting) form.explainer = TreeExplainer(form.ensemble);
  return Model(std::make_unique<const ModelForm>(std::move(form)), std::move(card), out.take());
}

Result<Model> Model::parse(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.raw(kMagic.size()) != kMagic) return fail(ErrorCode::corrupt, "expected a model file, came other bytes");
  const uint8_t version = in.u8();
  if (version != kVersion && version != kVersionWithLadders) {
    return fail(ErrorCode::corrupt, "expected model version " + std::to_string(kVersion) + " or " +
                                        std::to_string(kVersionWithLadders) + ", came " + std::to_string(version) +
                                        "; use the release that wrote it");
  }
  auto card = parse_json(in.text(), {.bytes_max = kCardBytesMax});
  if (!card) return fail(ErrorCode::corrupt, "the model's card: " + card.error().text());
  auto form = TRY(read_form(in, version));
  TRY(in.finish("a model"));
  return Model(std::make_unique<const ModelForm>(std::move(form)), *std::move(card), std::string(bytes));
}

ModelKind Model::kind() const { return form_->kind; }
const std::vector<Input>& Model::inputs() const { return form_->inputs; }
const std::vector<std::string>& Model::features() const { return form_->features; }

Result<double> Model::encode(size_t input, std::string_view text) const {
  CHECK(input < inputs().size(), "an input the model has");
  const Input& column = inputs()[input];
  if (text.empty()) return kMissing;
  if (column.type == ColumnType::categorical) {
    const auto found = std::lower_bound(column.categories.begin(), column.categories.end(), text);
    const bool known = found != column.categories.end() && *found == text;
    return known ? static_cast<double>(found - column.categories.begin()) : kMissing;
  }
  const auto number = parse_double(trim(text));
  if (number) return *number;
  return fail(ErrorCode::invalid, column.name, "expected a number, came '" + std::string(cut_utf8(text, 40)) + "'");
}

Score Model::score(std::span<const double> row) const {
  const auto places = places_of(*form_, row);
  if (form_->kind == ModelKind::scorecard) {
    const int64_t points = form_->scorecard.score(places);
    return {Rate::from_double(form_->scorecard.probability(points)), points};
  }
  thread_local std::vector<float> floats;
  floats.resize(ensemble_width(*form_));
  boosting_row(*form_, places, floats);
  return boosting_score(*form_, form_->ensemble.margin(floats));
}

void Model::score_batch(std::span<const double> rows, std::span<Score> out) const {
  const size_t width = inputs().size(), count = ensemble_width(*form_);
  CHECK(rows.size() == out.size() * width, "rows have one number an input");
  constexpr size_t kBlockRows = 256;
  std::vector<float> floats;
  std::vector<int64_t> margins;
  for (size_t begin = 0; begin < out.size(); begin += kBlockRows) {
    const size_t size = std::min(kBlockRows, out.size() - begin);
    if (form_->kind == ModelKind::scorecard) {
      for (size_t i = 0; i < size; ++i) out[begin + i] = score(rows.subspan((begin + i) * width, width));
      continue;
    }
    floats.resize(size * count), margins.resize(size);
    for (size_t i = 0; i < size; ++i) {
      boosting_row(*form_, places_of(*form_, rows.subspan((begin + i) * width, width)),
                   std::span(floats).subspan(i * count, count));
    }
    form_->ensemble.margins(floats, margins);
    for (size_t i = 0; i < size; ++i) out[begin + i] = boosting_score(*form_, margins[i]);
  }
}

Explanation Model::explain(std::span<const double> row) const {
  const auto places = places_of(*form_, row);
  return form_->kind == ModelKind::scorecard ? explain_scorecard(*form_, places) : explain_boosting(*form_, places);
}

std::vector<Reason> Model::reasons(std::span<const double> row, size_t reasons_max) const {
  std::vector<Reason> out;
  for (const Contribution& part : explain(row).contributions) {
    const bool by_points = form_->kind == ModelKind::scorecard;
    const int64_t adverse =
        by_points ? form_->scorecard.features()[part.feature].points_best - part.amount : part.amount;
    if (adverse > 0) out.push_back({part.feature, adverse});
  }
  std::sort(out.begin(), out.end(), [](const Reason& a, const Reason& b) {
    return a.adverse != b.adverse ? a.adverse > b.adverse : a.feature < b.feature;
  });
  if (out.size() > reasons_max) out.resize(reasons_max);
  return out;
}

}  // namespace puhui::models
