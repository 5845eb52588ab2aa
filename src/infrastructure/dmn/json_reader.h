// JsonReader: JSON text straight into FEEL values, guided by the declared types. One pass, no tree between. Takes what
// parse_json takes and nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/feel/run.h"
#include "infrastructure/feel/type.h"

namespace puhui::dmn {

class JsonReader {
 public:
  // `open` is working memory. What is read borrows from `text`, and from the run's arena where text was escaped.
  JsonReader(std::string_view text, feel::Run& run, std::vector<feel::Entry>& open)
      : at_(text.data()), text_(text), end_(text.data() + text.size()), run_(run), open_(open) {}

  // visit(name) → the type of that member, before its value is read; take(value) after it. False: malformed.
  template <class Visit, class Take>
  bool object(Visit visit, Take take) {
    if (!enter('{', "an object")) return false;
    if (skip('}')) return leave();
    do {
      std::string_view name;
      if (!member_name(name)) return false;
      const feel::Type* type = visit(name);
      feel::Value value;
      if (!read(value, type)) return false;
      take(value);
    } while (skip(','));
    return expect('}', "',' or '}'") && leave();
  }
  // Nothing but space may follow.
  bool at_end();
  // A value that is not of its type; the caller has set what `path` begins with.
  Faults& faults() { return faults_; }
  std::string path;

 private:
  bool read(feel::Value& value, const feel::Type* type);
  bool read_text(feel::Value& value, const feel::Type* type);
  bool read_number(feel::Value& value);
  bool read_list(feel::Value& value, const feel::Type* type);
  bool read_context(feel::Value& value, const feel::Type* type);
  bool word(std::string_view expected, feel::Value& value, feel::Value meaning);
  bool member_name(std::string_view& name);
  bool string(std::string_view& text);
  bool escaped_string(const char* from, std::string_view& text);
  bool escape(char*& to);
  std::optional<uint32_t> hex4();
  bool enter(char bracket, const char* what);
  bool leave();
  bool skip(char c);
  bool expect(char c, const char* what);
  void skip_space();
  bool malformed(std::string_view expected);

  const char* at_;
  std::string_view text_;
  const char* end_;
  feel::Run& run_;
  std::vector<feel::Entry>& open_;
  size_t depth_ = 0;
  Faults faults_;
};

}  // namespace puhui::dmn
