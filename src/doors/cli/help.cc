#include "doors/cli/help.h"

#include <algorithm>

#include "doors/cli/arguments.h"
#include "doors/cli/exit_code.h"
#include "ground/base/text.h"

namespace puhui::cli {

namespace {

constexpr size_t kWidth = 100, kFirstColumnMax = 36;

struct Row {
  std::string first, second;
};

// Two columns; the second is wrapped under itself, and begins a line of its own where the first is too wide.
std::string table_of(const std::vector<Row>& rows) {
  size_t widest = 0;
  for (const Row& row : rows) {
    if (row.first.size() <= kFirstColumnMax) widest = std::max(widest, row.first.size());
  }
  const size_t indent = 2 + widest + 2;
  std::string out;
  for (const Row& row : rows) {
    std::string line = "  " + row.first;
    line += line.size() + 2 <= indent ? std::string(indent - line.size(), ' ') : "\n" + std::string(indent, ' ');
    size_t column = indent;
    for (const std::string_view word : split(row.second, ' ')) {
      if (column + word.size() > kWidth && column > indent) {
        line = line.substr(0, line.find_last_not_of(' ') + 1) + "\n" + std::string(indent, ' ');
        column = indent;
      }
      line += word;
      line += ' ';
      column += word.size() + 1;
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string upper(std::string text) {
  for (char& c : text) c = c == ' ' ? '-' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

std::string flag_with_value(const InputField& field) {
  if (field.kind == InputField::Kind::boolean && !field.list) return "--[no-]" + flag_of(field.path).substr(2);
  const std::string value = field.choices.empty() ? upper(field.type) : join(field.choices, "|");
  return flag_of(field.path) + " " + value + (field.list ? " ..." : "");
}

// "required; what is bought; 1 to 20 bytes; such as 'tea'"
std::string told(const InputField& field) {
  std::vector<std::string> parts;
  if (field.required) parts.push_back("required");
  if (!field.help.empty()) parts.push_back(field.help);
  const char* unit = field.list ? " items" : field.kind == InputField::Kind::text ? " bytes" : "";
  if (field.min && field.max) {
    parts.push_back(std::to_string(*field.min) + " to " + std::to_string(*field.max) + unit);
  } else if (field.min) {
    parts.push_back("at least " + std::to_string(*field.min) + unit);
  } else if (field.max) {
    parts.push_back("at most " + std::to_string(*field.max) + unit);
  }
  if (!field.standard.empty()) parts.push_back("default " + field.standard);
  if (!field.example.empty()) parts.push_back("such as '" + field.example + "'");
  if (field.list) parts.push_back("may stand several times");
  return join(parts, "; ");
}

// An object whose fields stand below it needs no line of its own; its JSON form is told once at the end.
bool has_parts(const std::vector<InputField>& all, const InputField& field) {
  return std::any_of(all.begin(), all.end(), [&](const InputField& f) { return f.path.starts_with(field.path + "."); });
}

std::string options_of_all(const Needs& needs) {
  return "Options of every command:\n" +
         table_of({{"--store PLACE", "a folder, or postgresql://USER@HOST/NAME; default " + needs.store},
                   {"--json", "one line of JSON on stdout, and problems as JSON on stderr"},
                   {"--quiet", "no progress on stderr"},
                   {"--input FILE", "the whole input as JSON, - for stdin, or the JSON itself; flags win over it"},
                   {"--help", "what a command takes"}});
}

std::string exit_codes() {
  constexpr ErrorCode kAll[] = {ErrorCode::invalid,  ErrorCode::not_found, ErrorCode::forbidden,
                                ErrorCode::conflict, ErrorCode::exhausted, ErrorCode::unavailable,
                                ErrorCode::corrupt,  ErrorCode::internal};
  std::string out = "Exit codes: " + std::to_string(kExitDone) + " done";
  for (const ErrorCode code : kAll) out += ", " + std::to_string(exit_code_of(code)) + " " + std::string(name_of(code));
  return out + "\n";
}

std::vector<Row> rows_of(const Needs& needs, std::string_view noun) {
  std::vector<Row> rows;
  for (const Verb& verb : needs.described) {
    if (verb.noun == noun) rows.push_back({verb.verb.empty() ? verb.noun : verb.noun + " " + verb.verb, verb.help});
  }
  return rows;
}

std::vector<std::string> nouns_of(const Needs& needs) {
  std::vector<std::string> nouns;  // in the order of the verbs: the main job first
  for (const Verb& verb : needs.described) {
    if (std::find(nouns.begin(), nouns.end(), verb.noun) == nouns.end()) nouns.push_back(verb.noun);
  }
  return nouns;
}

}  // namespace

std::string command_of(const Needs& needs, const Verb& verb) {
  return needs.program + " " + verb.noun + (verb.verb.empty() ? "" : " " + verb.verb);
}

std::string help_of_all(const Needs& needs) {
  std::vector<Row> rows;
  for (const std::string& noun : nouns_of(needs)) {
    for (Row& row : rows_of(needs, noun)) rows.push_back(std::move(row));
  }
  return needs.program + (needs.version.empty() ? "" : " " + needs.version) +
         (needs.about.empty() ? "" : ": " + needs.about) + "\n\nUsage: " + needs.program +
         " <noun> <verb> [--field value ...]\n\nCommands:\n" + table_of(rows) + "\n" + options_of_all(needs) + "\n" +
         exit_codes() + "\n" + needs.program + " <noun> <verb> --help tells what a command takes.\n";
}

std::string help_of_noun(const Needs& needs, std::string_view noun) {
  return "Usage: " + needs.program + " " + std::string(noun) + " <verb> [--field value ...]\n\nCommands:\n" +
         table_of(rows_of(needs, noun)) + "\n" + options_of_all(needs);
}

std::string help_of_verb(const Needs& needs, const Verb& verb) {
  const auto known = input_fields(verb.input);
  std::string usage = command_of(needs, verb);
  std::vector<Row> rows;
  bool nested = false;
  for (const InputField& field : known) {
    nested = nested || field.kind == InputField::Kind::object;
    if (has_parts(known, field)) continue;
    const bool is_word = std::find(verb.words.begin(), verb.words.end(), field.path) != verb.words.end();
    if (is_word) usage += field.required ? " " + upper(field.path) : " [" + upper(field.path) + "]";
    if (field.required && !is_word) usage += " " + flag_with_value(field);
    rows.push_back({flag_with_value(field), told(field) + (is_word ? "; also without its flag" : "")});
  }
  const bool has_optional = std::any_of(known.begin(), known.end(), [](const InputField& f) { return !f.required; });
  std::string out = verb.help + "\n\nUsage: " + usage + (has_optional ? " [--field value ...]" : "") + "\n";
  if (!rows.empty()) out += "\nFlags:\n" + table_of(rows);
  if (nested) out += "\nObjects may also be given as JSON: --object '{\"field\": ...}'.\n";
  if (verb.effect == Effect::write) {
    out += "\nIt changes what is stored" +
           (verb.repeat_key.empty() ? "." : "; a repeat with the same " + flag_of(verb.repeat_key) + " is harmless.") +
           "\n";
  }
  std::vector<Row> answers;
  const auto answer_fields = input_fields(verb.output);
  for (const InputField& field : answer_fields) {
    if (!has_parts(answer_fields, field))
      answers.push_back(
          {field.path, field.type + (field.list ? ", several" : "") + (field.help.empty() ? "" : "; " + field.help)});
  }
  if (!answers.empty()) out += "\nAnswer:\n" + table_of(answers);
  return out + "\n" + options_of_all(needs) + "\n" + exit_codes();
}

}  // namespace puhui::cli
