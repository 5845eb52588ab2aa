#include "governance/permits/difference.h"

#include <algorithm>
#include <map>

namespace puhui::permits {

using evidence::Manifest;

namespace {

constexpr size_t kLeavesToldMax = 100;  // of one JSON artefact: beyond it only how many more

std::optional<std::string> threshold(const Manifest& manifest, const std::string& name) {
  for (const evidence::Threshold& one : manifest.thresholds) {
    if (one.name == name) return one.value;
  }
  return std::nullopt;
}

void add_thresholds(const Manifest& before, const Manifest& after, Difference& out) {
  for (const evidence::Threshold& then : before.thresholds) {
    auto now = threshold(after, then.name);
    if (now != then.value) out.thresholds.push_back({then.name, then.value, std::move(now)});
  }
  for (const evidence::Threshold& now : after.thresholds) {
    if (!threshold(before, now.name)) out.thresholds.push_back({now.name, std::nullopt, now.value});
  }
}

// ---- models

const kernel::Version::NamedModel* find_model(const kernel::Version* version, std::string_view name) {
  if (!version) return nullptr;
  for (const auto& model : version->models()) {
    if (model.name == name) return &model;
  }
  return nullptr;
}

std::string kind_of(const kernel::Version::NamedModel* model) {
  if (!model) return "";
  if (model->model) return std::string(name_of(model->model->kind()));
  return std::string(name_of(model->predictor->format()));
}

std::map<std::string, std::string> figures_of(const kernel::Version::NamedModel* model) {
  std::map<std::string, std::string> out;
  const Json* test = model && model->model ? model->model->card().find("test") : nullptr;
  if (!test || !test->object()) return out;
  for (const auto& [name, value] : *test->object()) {
    if (value.number()) out[name] = value.number()->text;
  }
  return out;
}

std::vector<Figure> figures_beside(const kernel::Version::NamedModel* then, const kernel::Version::NamedModel* now) {
  const auto before = figures_of(then), after = figures_of(now);
  std::map<std::string, Figure> all;
  for (const auto& [name, value] : before) all[name] = {name, value, std::nullopt};
  for (const auto& [name, value] : after)
    all.try_emplace(name, Figure{name, std::nullopt, std::nullopt}).first->second.now = value;
  std::vector<Figure> out;
  for (auto& [name, figure] : all) out.push_back(std::move(figure));
  return out;
}

void add_models(const kernel::Version* before, const kernel::Version& after, Difference& out) {
  const auto digest_of = [](const kernel::Version* version, const std::string& name) -> std::optional<Digest> {
    const Digest* digest =
        version ? version->permit().manifest.artefact(std::string(kernel::kModelPrefix) + name) : nullptr;
    return digest ? std::optional(*digest) : std::nullopt;
  };
  std::vector<std::string> names;
  if (before) {
    for (const auto& model : before->models()) names.push_back(model.name);
  }
  for (const auto& model : after.models()) {
    if (std::find(names.begin(), names.end(), model.name) == names.end()) names.push_back(model.name);
  }
  for (const std::string& name : names) {
    const auto then = digest_of(before, name), now = digest_of(&after, name);
    if (then == now) continue;
    const auto* model_then = find_model(before, name);
    const auto* model_now = find_model(&after, name);
    out.models.push_back(
        {name, then, now, kind_of(model_then), kind_of(model_now), figures_beside(model_then, model_now)});
  }
}

// ---- artefacts of JSON: facts, reasons, product; leaf by leaf

void collect_leaves(const Json& json, const std::string& path, std::map<std::string, std::string>& out) {
  if (const auto* object = json.object()) {
    for (const auto& [name, value] : *object) collect_leaves(value, path.empty() ? name : path + "/" + name, out);
  } else if (const auto* list = json.list()) {
    for (size_t i = 0; i < list->size(); ++i) {
      // A list of named things is told by their names, so that one more in front does not change all.
      const Json* name = (*list)[i].find("name");
      collect_leaves((*list)[i], path + "/" + (name && name->text() ? *name->text() : std::to_string(i + 1)), out);
    }
  } else {
    out[path] = print_json(json);
  }
}

void add_leaves(const std::string& artefact, const Json& before, const Json& after, Difference& out) {
  std::map<std::string, std::string> then, now;
  collect_leaves(before, "", then);
  collect_leaves(after, "", now);
  std::vector<Sentence> told;
  for (const auto& [path, value] : then) {
    const auto found = now.find(path);
    if (found == now.end()) {
      told.push_back({artefact + ": " + path + " is gone (was " + value + ").",
                      artefact + "：" + path + " 已删除（原为 " + value + "）。"});
    } else if (found->second != value) {
      const std::string change = path + ": " + value + " → " + found->second;
      told.push_back({artefact + ": " + change + ".", artefact + "：" + change + "。"});
    }
  }
  for (const auto& [path, value] : now) {
    if (then.contains(path)) continue;
    told.push_back(
        {artefact + ": " + path + " is new: " + value + ".", artefact + "：新增 " + path + "：" + value + "。"});
  }
  const size_t more = told.size() - std::min(told.size(), kLeavesToldMax);
  told.resize(told.size() - more);
  for (Sentence& sentence : told) out.other.push_back(std::move(sentence));
  if (more > 0) {
    out.other.push_back({artefact + ": and " + std::to_string(more) + " more changes.",
                         artefact + "：另有 " + std::to_string(more) + " 处变更。"});
  }
}

Result<void> add_artefact(Reader& reader, const std::string& name, const Digest* then, const Digest* now,
                          Difference& out) {
  if (then && now && *then == *now) return {};
  if (!then || !now) {
    const bool gone = now == nullptr;
    out.other.push_back({"Artefact " + name + (gone ? " is named no more." : " is new."),
                         std::string(gone ? "不再包含" : "新增") + "构件 " + name + "。"});
    return {};
  }
  kernel::StoredArtefacts artefacts(reader);
  const auto before = parse_json(TRY(artefacts.artefact(*then))), after = parse_json(TRY(artefacts.artefact(*now)));
  if (before && after) {
    add_leaves(name, *before, *after, out);
  } else {
    out.other.push_back({"Artefact " + name + " changes.", "构件 " + name + " 有变更。"});
  }
  return {};
}

bool is_told_elsewhere(std::string_view name) {
  return name == kernel::kPolicyArtefact || name.starts_with(kernel::kModelPrefix);
}

Result<void> add_artefacts(Reader& reader, const Manifest& before, const Manifest& after, Difference& out) {
  for (const auto& [name, digest] : before.artefacts) {
    if (!is_told_elsewhere(name)) TRY(add_artefact(reader, name, &digest, after.artefact(name), out));
  }
  for (const auto& [name, digest] : after.artefacts) {
    if (!is_told_elsewhere(name) && !before.artefact(name)) {
      TRY(add_artefact(reader, name, nullptr, &digest, out));
    }
  }
  return {};
}

void add_terms(const Manifest& before, const Manifest& after, Difference& out) {
  const auto change = [&](std::string_view en, std::string_view zh, const std::string& then, const std::string& now) {
    if (then == now) return;
    out.other.push_back(
        {std::string(en) + ": " + then + " → " + now + ".", std::string(zh) + "：" + then + " → " + now + "。"});
  };
  const auto or_none = [](const std::string& text) { return text.empty() ? std::string("-") : text; };
  change("Risk tier", "风险等级", std::to_string(before.tier), std::to_string(after.tier));
  change("Program build", "程序版本", before.build, after.build);
  change("Expires at", "到期时间", text_of(before.expires_at), text_of(after.expires_at));
  change("Conditions", "附加条件", or_none(before.conditions), or_none(after.conditions));
}

// ---- words

std::string row_words(const TableRow& row) { return std::to_string(row.number) + ": " + row.row; }

void tell(const TableChange& table, std::vector<Sentence>& out) {
  if (table.what != "changed") {
    const bool added = table.what == "added";
    const std::string rows = std::to_string(added ? table.rows_added.size() : table.rows_removed.size());
    out.push_back({"Table " + table.decision + (added ? " is new, with " : " is gone, with its ") + rows + " rows.",
                   (added ? "新增决策表 " : "删除决策表 ") + table.decision + "（" + rows + " 行）。"});
    return;
  }
  for (const TableRow& row : table.rows_added) {
    out.push_back({"Table " + table.decision + ": new row " + row_words(row),
                   "决策表 " + table.decision + "：新增第 " + row_words(row)});
  }
  for (const TableRow& row : table.rows_removed) {
    out.push_back({"Table " + table.decision + ": row " + row_words(row) + " is gone",
                   "决策表 " + table.decision + "：删除第 " + row_words(row)});
  }
  for (const RowChange& row : table.rows_changed) {
    const std::string change = std::to_string(row.number_now) + ": " + row.then + " ⇒ " + row.now;
    out.push_back({"Table " + table.decision + ": row " + change, "决策表 " + table.decision + "：第 " + change});
  }
  if (table.reordered) {
    out.push_back({"Table " + table.decision + ": rows stand in another order.",
                   "决策表 " + table.decision + "：行的次序有变。"});
  }
}

void tell(const ModelSwap& swap, std::vector<Sentence>& out) {
  const auto digest = [](const std::optional<Digest>& one) { return one ? one->short_hex() : std::string("-"); };
  std::string figures;
  for (const Figure& figure : swap.figures) {
    figures += "; " + figure.name + " " + figure.then.value_or("-") + " → " + figure.now.value_or("-");
  }
  const std::string change = swap.name + ": " + digest(swap.then) + " → " + digest(swap.now) + figures;
  out.push_back({"Model " + change, "模型 " + change});
}

}  // namespace

bool Difference::none() const {
  return thresholds.empty() && tables.empty() && expressions.empty() && models.empty() && other.empty();
}

std::vector<Sentence> in_words(const Difference& difference) {
  std::vector<Sentence> out;
  if (!difference.in_force) {
    out.push_back({"Nothing is in force: all of it is new.", "目前没有生效的许可：全部内容均为新增。"});
  }
  for (const ThresholdChange& change : difference.thresholds) {
    const std::string words = change.name + ": " + change.then.value_or("-") + " → " + change.now.value_or("-");
    out.push_back({"Threshold " + words, "阈值 " + words});
  }
  for (const TableChange& table : difference.tables) tell(table, out);
  for (const ExpressionChange& change : difference.expressions) {
    const std::string words = change.decision + ": " + change.then.value_or("-") + " ⇒ " + change.now.value_or("-");
    out.push_back({"Expression of " + words, "表达式 " + words});
  }
  for (const ModelSwap& swap : difference.models) tell(swap, out);
  for (const Sentence& sentence : difference.other) out.push_back(sentence);
  if (difference.none() && difference.in_force) {
    out.push_back({"Nothing that decides changes.", "没有影响决策的变更。"});
  }
  return out;
}

Result<Difference> difference(Reader& reader, const kernel::Version* before, const Manifest& after) {
  kernel::StoredArtefacts artefacts(reader);
  const auto loaded = TRY(kernel::Version::load({after, {}}, artefacts));
  Difference out;
  static const Manifest nothing;
  const Manifest& then = before ? before->permit().manifest : nothing;
  add_thresholds(then, after, out);
  add_models(before, *loaded, out);
  if (!before) return out;
  out.in_force = before->digest();
  add_policy_difference(before->policy(), loaded->policy(), out);
  TRY(add_artefacts(reader, then, after, out));
  add_terms(then, after, out);
  return out;
}

}  // namespace puhui::permits
