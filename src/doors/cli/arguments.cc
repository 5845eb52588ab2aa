#include "doors/cli/arguments.h"

#include <algorithm>

#include "ground/base/text.h"

namespace puhui::cli {

namespace {

bool is_flag(std::string_view word) { return word.size() > 2 && word.starts_with("--"); }

std::string underscored(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '-', '_');
  return out;
}

// "--name=value" or "--name" with the value in the next word.
struct Word {
  std::string name;
  std::optional<std::string> value;
};

Word parted(std::string_view word) {
  const size_t equals = word.find('=');
  Word out{underscored(word.substr(2, equals == std::string_view::npos ? equals : equals - 2)), {}};
  if (equals != std::string_view::npos) out.value = std::string(word.substr(equals + 1));
  return out;
}

const InputField* field_at(const std::vector<InputField>& known, std::string_view path) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const InputField& f) { return f.path == path; });
  return found == known.end() ? nullptr : &*found;
}

// The verb's flags, one after the other.
class FlagReader {
 public:
  FlagReader(const std::vector<std::string>& flags, const std::vector<InputField>& known,
             const std::vector<std::string>& words)
      : flags_(flags), known_(known), words_(words) {}

  FlagPairs read() && {
    while (at_ < flags_.size()) {
      const std::string& word = flags_[at_++];
      if (is_flag(word)) {
        flag(word);
      } else if (word_ < words_.size()) {
        out_.pairs.push_back({words_[word_++], word});
      } else if (!words_.empty()) {
        fault(cut(word), "is one word too many; other fields stand behind their flags: --field value");
      } else {
        fault(cut(word), "is no flag; write a value behind its flag: --field value");
      }
    }
    return std::move(out_);
  }

 private:
  static std::string cut(std::string_view word) { return std::string(cut_utf8(word, 60)); }
  void fault(std::string where, std::string message) { out_.faults.push_back({std::move(where), std::move(message)}); }

  void flag(const std::string& text) {
    Word word = parted(text);
    const InputField* field = field_at(known_, word.name);
    if (field == nullptr) return without_field(text, word);
    if (!word.value && field->kind == InputField::Kind::boolean && !field->list) word.value = boolean();
    if (!word.value) word.value = next();
    if (!word.value) {
      return fault(flag_of(field->path), "expected a value of type " + field->type + " behind it, came none; write " +
                                             flag_of(field->path) + "=VALUE when it begins with --");
    }
    out_.pairs.push_back({word.name, *word.value});
  }

  // "--urgent" alone means true.
  std::string boolean() {
    const bool said = at_ < flags_.size() && (flags_[at_] == "true" || flags_[at_] == "false");
    return said ? flags_[at_++] : "true";
  }

  std::optional<std::string> next() {
    if (at_ >= flags_.size() || is_flag(flags_[at_])) return std::nullopt;
    return flags_[at_++];
  }

  void without_field(const std::string& text, const Word& word) {
    if (word.name.starts_with("no_") && !word.value) {
      const InputField* denied = field_at(known_, std::string_view(word.name).substr(3));
      if (denied != nullptr && denied->kind == InputField::Kind::boolean) {
        out_.pairs.push_back({denied->path, "false"});
        return;
      }
    }
    if (!word.value) next();  // its value, most likely
    std::vector<std::string> names;
    for (const InputField& field : known_) names.push_back(field.path);
    const std::string meant = nearest(word.name, names);
    fault(cut(text.substr(0, text.find('='))),
          "is not a flag of this command" + (meant.empty() ? "" : "; did you mean " + flag_of(meant) + "?"));
  }

  const std::vector<std::string>& flags_;
  const std::vector<InputField>& known_;
  const std::vector<std::string>& words_;
  FlagPairs out_;
  size_t at_ = 0;
  size_t word_ = 0;  // of words_, the next without a flag
};

bool* switch_of(std::string_view name, Arguments& in) {
  if (name == "help") return &in.help;
  if (name == "version") return &in.version;
  if (name == "json") return &in.globals.json;
  if (name == "quiet") return &in.globals.quiet;
  return nullptr;
}

}  // namespace

std::string flag_of(std::string_view path) {
  std::string out = "--" + std::string(path);
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

std::string place_of(std::string_view where, const std::vector<InputField>& known) {
  std::string path(where);
  std::replace(path.begin(), path.end(), '/', '.');
  return field_at(known, path) != nullptr ? flag_of(path) : std::string(where);
}

FlagPairs pairs_of(const std::vector<std::string>& flags, const std::vector<InputField>& known,
                   const std::vector<std::string>& words) {
  return FlagReader(flags, known, words).read();
}

Result<void> take_apart(const std::vector<std::string>& words, Arguments& into) {
  Faults faults;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& text = words[i];
    if (text == "-h") {
      into.help = true;
      continue;
    }
    if (!is_flag(text)) {
      std::string& place = into.noun.empty() ? into.noun : into.verb;
      if (place.empty() && into.flags.empty()) {
        place = text;
      } else {
        into.flags.push_back(text);
      }
      continue;
    }
    const Word word = parted(text);
    if (bool* said = switch_of(word.name, into)) {
      *said = true;
      if (word.value) faults.add(flag_of(word.name), "expected no value, came '" + *word.value + "'");
    } else if (word.name == "store" || word.name == kInput) {
      std::string value = word.value.value_or("");
      if (!word.value && i + 1 < words.size() && !is_flag(words[i + 1])) value = words[++i];
      if (value.empty()) faults.add(flag_of(word.name), "expected a value behind it, came none");
      (word.name == "store" ? into.globals.store : into.input) = std::move(value);
    } else if (into.noun.empty()) {
      std::vector<std::string> names(kGlobalNames.begin(), kGlobalNames.end());
      names.emplace_back(kInput);
      const std::string meant = nearest(word.name, names);
      faults.add(text, "is no option of every command" + (meant.empty() ? "; a verb's flags stand behind the verb"
                                                                        : "; did you mean " + flag_of(meant) + "?"));
    } else {
      into.flags.push_back(text);
    }
  }
  return std::move(faults).result();
}

}  // namespace puhui::cli
