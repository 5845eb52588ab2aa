#include "governance/audit/make_pack.h"

#include "governance/audit/pack_outline.h"
#include "governance/audit/pack_sources.h"

namespace puhui::audit {

namespace {

std::string in(Language language, std::string_view en, std::string_view zh) {
  return std::string(language == Language::en ? en : zh);
}

void fill(const Outline& outline, const PackSources& sources, Pack& pack) {
  for (const OutlineSection& section : outline.sections) {
    PackSection out{in(pack.language, section.en, section.zh), {}};
    for (const OutlineField& field : section.contents) {
      auto value = sources.value(field.source);
      ++(value ? pack.filled : pack.missing);
      out.contents.push_back({std::string(field.article), in(pack.language, field.en, field.zh), std::move(value),
                              std::string(field.source)});
    }
    pack.sections.push_back(std::move(out));
  }
}

Pack pack_of(const AuditNeeds& needs, PackKind kind, const std::string& use_case, Language language,
             const PackSources& sources) {
  Pack pack;
  pack.kind = kind;
  pack.language = language;
  pack.use_case = use_case;
  pack.at = needs.clock.now();
  pack.title = in(language, outline_of(kind).en, outline_of(kind).zh);
  pack.chain_records = sources.chain_records();
  pack.chain_head = sources.chain_head();
  pack.citations = sources.citations();
  fill(outline_of(kind), sources, pack);
  return pack;
}

}  // namespace

Result<Pack> gather_pack(const AuditNeeds& needs, PackKind kind, const std::string& use_case, Language language) {
  return pack_of(needs, kind, use_case, language, TRY(PackSources::gather(needs, use_case)));
}

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '\n': out += "<br>"; break;
      default: out += c;
    }
  }
  return out;
}

std::string markdown_text(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_{}[]()|<>~&";  // of a cell: what only counts at a line's start is left
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      out += ' ';
      continue;
    }
    if (kMarkup.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

namespace {

struct Words {
  std::string missing, moment, chain, cites, use_case, filled;
};

Words words_of(const Pack& pack) {
  const Language language = pack.language;
  return {in(language, "missing", "缺失"),
          in(language, "As of", "截至"),
          in(language, "Evidence chain", "证据链"),
          in(language, "Cited, by SHA-256", "引用内容（SHA-256）"),
          in(language, "Use case", "应用场景"),
          in(language, std::to_string(pack.filled) + " fields filled, " + std::to_string(pack.missing) + " missing",
             "已填" + std::to_string(pack.filled) + "项，缺失" + std::to_string(pack.missing) + "项")};
}

std::string chain_text(const Pack& pack) { return std::to_string(pack.chain_records) + " · " + pack.chain_head.hex(); }

constexpr std::string_view kStyle =
    "body{font:14px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#111;background:#fff}"
    "table{border-collapse:collapse;width:100%;table-layout:fixed}"
    "th,td{border:1px solid #999;padding:.4em;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "th.a{width:8em}th.h{width:14em}.missing{color:#a00;font-weight:bold}tr{break-inside:avoid}";

std::string html_of(const Pack& pack) {
  const Words words = words_of(pack);
  std::string out = "<!doctype html>\n<html lang=\"" + in(pack.language, "en", "zh-CN") +
                    "\">\n<head><meta charset=\"utf-8\"><title>" + html_text(pack.title) + "</title>\n<style>" +
                    std::string(kStyle) + "</style></head>\n<body>\n<h1>" + html_text(pack.title) + "</h1>\n<p>" +
                    words.use_case + ": " + html_text(pack.use_case) + "<br>" + words.moment + ": " + text_of(pack.at) +
                    "<br>" + words.chain + ": " + chain_text(pack) + "<br>" + words.filled + "</p>\n";
  for (const PackSection& section : pack.sections) {
    out += "<h2>" + html_text(section.title) + "</h2>\n<table>\n";
    for (const PackField& field : section.contents) {
      out += "<tr><th class=\"a\" scope=\"row\">" + html_text(field.article) + "</th><th class=\"h\" scope=\"row\">" +
             html_text(field.heading) + "</th><td>" +
             (field.value ? html_text(*field.value) : "<span class=\"missing\">" + words.missing + "</span>") +
             "</td></tr>\n";
    }
    out += "</table>\n";
  }
  out += "<h2>" + words.cites + "</h2>\n<table>\n";
  for (const PackCitation& citation : pack.citations)
    out += "<tr><th class=\"h\" scope=\"row\">" + html_text(citation.what) + "</th><td>" + citation.digest.hex() +
           "</td></tr>\n";
  return out + "</table>\n</body>\n</html>\n";
}

std::string markdown_of(const Pack& pack) {
  const Words words = words_of(pack);
  std::string out = "# " + markdown_text(pack.title) + "\n\n" + words.use_case + ": " + markdown_text(pack.use_case) +
                    "  \n" + words.moment + ": " + text_of(pack.at) + "  \n" + words.chain + ": " + chain_text(pack) +
                    "  \n" + words.filled + "\n";
  for (const PackSection& section : pack.sections) {
    out += "\n## " + markdown_text(section.title) + "\n\n| | | |\n|---|---|---|\n";
    for (const PackField& field : section.contents) {
      out += "| " + markdown_text(field.article) + " | " + markdown_text(field.heading) + " | " +
             (field.value ? markdown_text(*field.value) : "**" + words.missing + "**") + " |\n";
    }
  }
  out += "\n## " + words.cites + "\n\n";
  for (const PackCitation& citation : pack.citations)
    out += "- " + markdown_text(citation.what) + ": " + citation.digest.hex() + "\n";
  return out;
}

std::string file_name_of(const PackRequest& request, Timestamp at) {
  std::string scope = request.use_case;
  for (char& c : scope) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    if (!plain) c = '-';
  }
  static constexpr std::string_view kEndings[] = {".html", ".json", ".md"};
  return std::string(names_of(&request.kind)[static_cast<size_t>(request.kind)]) + "-" + scope + "-" +
         date_of(at).text() + std::string(kEndings[static_cast<size_t>(request.format)]);
}

}  // namespace

std::string print_pack(const Pack& pack, PackFormat format) {
  switch (format) {
    case PackFormat::html: return html_of(pack);
    case PackFormat::json: return print_json_pretty(to_json(pack)) + "\n";
    case PackFormat::markdown: return markdown_of(pack);
  }
  return {};
}

Result<PackAnswer> make_pack(const AuditNeeds& needs, const PackRequest& request) {
  const Pack pack = TRY(gather_pack(needs, request.kind, request.use_case, request.language));
  static constexpr std::string_view kMedia[] = {"text/html; charset=utf-8", "application/json",
                                                "text/markdown; charset=utf-8"};
  PackAnswer out;
  out.kind = request.kind;
  out.use_case = request.use_case;
  out.file_name = file_name_of(request, pack.at);
  out.media_type = kMedia[static_cast<size_t>(request.format)];
  out.content = print_pack(pack, request.format);
  out.digest = sha256(out.content);
  out.filled = pack.filled;
  out.missing = pack.missing;
  out.at = pack.at;
  return out;
}

Result<PackListAnswer> list_packs(const AuditNeeds& needs) {
  PackListAnswer out;
  out.at = needs.clock.now();
  for (const auto& version : needs.kernel.all_in_force()) {
    const std::string& use_case = version->permit().manifest.use_case;
    const auto sources = TRY(PackSources::gather(needs, use_case));
    for (size_t kind = 0; kind < names_of(static_cast<const PackKind*>(nullptr)).size(); ++kind) {
      const Pack pack = pack_of(needs, static_cast<PackKind>(kind), use_case, Language::en, sources);
      PackCount count{pack.kind, use_case, pack.filled, pack.missing, {}};
      for (const PackSection& section : pack.sections) {
        for (const PackField& field : section.contents)
          if (!field.value) count.missing_fields.push_back(field.article + " " + field.heading);
      }
      out.packs.push_back(std::move(count));
    }
  }
  return out;
}

}  // namespace puhui::audit
