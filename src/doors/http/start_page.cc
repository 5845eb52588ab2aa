#include "doors/http/start_page.h"

#include <map>

#include "doors/http/route.h"
#include "ground/base/text_pairs.h"

namespace puhui::http {

namespace {

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--line:#8884;--quiet:#777;--mark:#0a6}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{margin-bottom:0}h2{margin-top:2rem;border-bottom:1px solid var(--line)}
p.about{color:var(--quiet);margin-top:.2rem}
table{border-collapse:collapse;width:100%;margin:.4rem 0}
td,th{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0;border-bottom:1px solid var(--line)}
th{font-weight:500;color:var(--quiet)}
code{font:.9em ui-monospace,monospace}
.method{color:var(--mark);font-weight:600}
details{padding:.3rem 0}summary{cursor:pointer}
)";

// A number, a text, a list or an object of the summary, as a person reads it.
void put_value(std::string& out, const Json& value) {
  if (const auto* members = value.object()) {
    out += "<table>";
    for (const auto& [name, member] : *members) {
      std::string label = name;
      for (char& c : label) c = c == '_' ? ' ' : c;
      out += "<tr><th>" + html_text(label) + "</th><td>";
      put_value(out, member);
      out += "</td></tr>";
    }
    out += "</table>";
  } else if (const auto* items = value.list()) {
    for (const Json& item : *items) {
      out += "<div>";
      put_value(out, item);
      out += "</div>";
    }
  } else {
    out += html_text(value.text() ? *value.text() : print_json(value));
  }
}

void put_fields(std::string& out, const Verb& verb) {
  out += "<table><tr><th>field</th><th>type</th><th></th><th></th></tr>";
  for (const InputField& field : input_fields(verb.input)) {
    out += "<tr><td><code>" + html_text(field.path) + "</code></td><td>" + html_text(field.type) +
           (field.list ? ", several" : "") + "</td><td>" +
           (field.required           ? "required"
            : field.standard.empty() ? "optional"
                                     : "default " + html_text(field.standard)) +
           "</td><td>" + html_text(field.help) + "</td></tr>";
  }
  out += "</table>";
}

void put_verb(std::string& out, const Verb& verb) {
  const char* method = verb.effect == Effect::read ? "GET" : "POST";
  out += "<details><summary><span class=\"method\">" + std::string(method) + "</span> <code>" +
         html_text(path_of(verb)) + "</code> " + html_text(verb.help) + "</summary>";
  put_fields(out, verb);
  out += "</details>\n";
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string start_page(const std::vector<const Verb*>& verbs, const Json& summary, Console console) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>Puhui</title><style>";
  out += kStyle;
  out +=
      "</style></head><body>\n<h1>Puhui 普惠</h1><p class=\"about\">The bank stands. What it can be asked is below; "
      "<a href=\"/openapi.json\">openapi.json</a> says it to a program, <a href=\"/metrics\">metrics</a> and "
      "<a href=\"/readyz\">readyz</a> say how it does.</p>\n";
  out += console == Console::built
             ? "<p><a href=\"/\">The console</a> is where people work.</p>\n"
             : "<p>The console is not built. Run <code>make serve</code>: it builds it, and shows it here.</p>\n";
  if (!summary.is_null()) {
    out += "<h2>Now</h2>";
    put_value(out, summary);
  }
  std::map<std::string, std::vector<const Verb*>> by_noun;
  for (const Verb* verb : verbs) by_noun[verb->noun].push_back(verb);
  for (const auto& [noun, its_verbs] : by_noun) {
    out += "<h2>" + html_text(noun) + "</h2>\n";
    for (const Verb* verb : its_verbs) put_verb(out, *verb);
  }
  return out + "</body></html>\n";
}

}  // namespace puhui::http
