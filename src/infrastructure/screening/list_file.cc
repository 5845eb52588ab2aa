#include "infrastructure/screening/list_file.h"

#include <algorithm>
#include <array>
#include <map>

#include "ground/base/text.h"
#include "infrastructure/screening/words.h"

namespace puhui::screening {

bool CsvRows::next(CsvCells& row) {
  row.cells.clear();
  row.fault.clear();
  while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) line_ += text_[at_++] == '\n' ? 1 : 0;
  // A file of the last century ends with this byte.
  if (at_ >= text_.size() || (text_[at_] == '\x1A' && at_ + 1 >= text_.size() - 1)) return false;
  row.line = line_;
  const size_t begin = at_;
  std::string cell;
  bool quoted = false;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (at_ - begin > kListRowBytesMax) {
      row.fault = "expected at most " + std::to_string(kListRowBytesMax) + " bytes in a row; is a quote left open?";
    }
    if (!row.fault.empty()) {
      if (c == '\n') break;
      continue;
    }
    line_ += quoted && c == '\n' ? 1 : 0;
    if (quoted && c == '"' && at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
      cell += text_[++at_];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      row.cells.push_back(std::move(cell));
      cell.clear();
    } else if (c == '\n' && !quoted) {
      break;
    } else if (c != '\r' || quoted) {
      cell += c;
    }
  }
  if (quoted && row.fault.empty()) row.fault = "a quote is never closed";
  row.cells.push_back(std::move(cell));
  if (!row.fault.empty()) row.cells.clear();
  return true;
}

namespace {

constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr size_t kIdBytesMax = 64, kNamesMax = 200, kTextBytesMax = 16 << 10;
constexpr int kYearMin = 1850, kYearMax = 2100;

std::optional<int> year_of(std::string_view text) {
  const auto year = parse_int64(text);
  if (text.size() != 4 || !year || *year < kYearMin || *year > kYearMax) return std::nullopt;
  return static_cast<int>(*year);
}

int month_of(std::string_view text) {
  const auto found = std::ranges::find(kMonths, text);
  return found == std::end(kMonths) ? 0 : static_cast<int>(found - std::begin(kMonths)) + 1;
}

std::string said(std::string_view before, std::string_view value, std::string_view after) {
  constexpr size_t kShownMax = 64;
  std::string out;
  return out.append(before).append(cut_utf8(value, kShownMax)).append(after);
}

// Gathers entries and what is wrong with rows.
class Gatherer {
 public:
  explicit Gatherer(std::string_view list) : list_(list) {}

  void bad(std::string where, std::string message) {
    ++out_.rows_bad;
    if (out_.bad.size() < kBadRowsKeptMax) out_.bad.push_back({std::move(where), std::move(message)});
  }

  std::string fault_of(std::string_view name) const {
    if (name.size() > kNameBytesMax) {
      return "expected a name of at most " + std::to_string(kNameBytesMax) + " bytes, came " +
             std::to_string(name.size());
    }
    if (first_invalid_utf8(name)) return "expected a name in UTF-8";
    if (words_of(name, 1).empty()) return "expected a name with a letter or a digit, has none";
    return {};
  }

  ListEntry* find(const std::string& id) {
    const auto found = places_.find(id);
    return found == places_.end() ? nullptr : &out_.entries[found->second];
  }

  // Null after a fault.
  ListEntry* add(const std::string& where, std::string id, std::string name) {
    if (id.empty() || id.size() > kIdBytesMax || first_invalid_utf8(id)) {
      bad(where, "expected an id of 1 to " + std::to_string(kIdBytesMax) + " bytes of UTF-8, came " +
                     std::to_string(id.size()));
      return nullptr;
    }
    if (std::string fault = fault_of(name); !fault.empty()) return bad(where, std::move(fault)), nullptr;
    if (find(id) != nullptr) return bad(where, said("the id '", id, "' stands twice")), nullptr;
    if (out_.entries.size() >= kEntriesMax) {
      bad(where, "expected at most " + std::to_string(kEntriesMax) + " entries");
      return nullptr;
    }
    places_[id] = out_.entries.size();
    ListEntry& entry = out_.entries.emplace_back();
    entry.list = list_;
    entry.id = std::move(id);
    entry.names.push_back(std::move(name));
    return &entry;
  }

  void add_name(const std::string& where, ListEntry& entry, std::string name) {
    if (std::string fault = fault_of(name); !fault.empty()) return bad(where, std::move(fault));
    if (entry.names.size() >= kNamesMax) {
      return bad(where, "expected at most " + std::to_string(kNamesMax) + " names of one entry");
    }
    if (std::ranges::find(entry.names, name) == entry.names.end()) entry.names.push_back(std::move(name));
  }

  static void add_country(ListEntry& entry, std::string_view country) {
    std::string code = country_code(trim(country));
    if (code.empty() || std::ranges::find(entry.countries, code) != entry.countries.end()) return;
    entry.countries.push_back(std::move(code));
  }

  ReadList take() {
    std::ranges::sort(out_.entries, {}, &ListEntry::id);
    for (ListEntry& entry : out_.entries) {
      std::ranges::sort(entry.countries);
      out_.names += entry.names.size();
    }
    return std::move(out_);
  }

 private:
  std::string list_;
  ReadList out_;
  std::map<std::string, size_t, std::less<>> places_;
};

// "-0- " is how the file says nothing.
std::string told(const std::string& cell) {
  const std::string_view text = trim(cell);
  return text == "-0-" ? "" : std::string(cut_utf8(text, kTextBytesMax));
}

void read_remarks(Gatherer& to, const std::string& where, ListEntry& entry) {
  std::string_view rest = entry.remarks;
  while (!rest.empty()) {
    const size_t end = rest.find(';');
    std::string_view part = trim(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (part.ends_with('.') && !part.ends_with("'.")) part.remove_suffix(1);
    if (part.starts_with("DOB ") && !entry.born) read_born(part.substr(4), entry);
    for (const std::string_view word : {"nationality ", "citizen "}) {
      if (part.starts_with(word)) Gatherer::add_country(entry, part.substr(word.size()));
    }
    const size_t known_as = part.find("a.k.a. '");
    if (known_as != std::string_view::npos) {
      const std::string_view name = part.substr(known_as + 8);
      const size_t quote = name.find('\'');
      if (quote != std::string_view::npos && quote > 0) to.add_name(where, entry, std::string(name.substr(0, quote)));
    }
  }
}

PartyKind kind_of(std::string_view type) {
  if (type == "individual") return PartyKind::person;
  if (type == "vessel") return PartyKind::vessel;
  if (type == "aircraft") return PartyKind::aircraft;
  return PartyKind::organisation;
}

template <class Take>
void each_row(Gatherer& to, std::string_view file, std::string_view text, size_t columns, const Take& take) {
  CsvRows rows(text);
  CsvCells row;
  while (rows.next(row)) {
    const std::string where = said(file, ", line ", std::to_string(row.line));
    if (!row.fault.empty()) {
      to.bad(where, row.fault);
    } else if (row.cells.size() < columns) {
      to.bad(where, "expected " + std::to_string(columns) + " columns, came " + std::to_string(row.cells.size()));
    } else {
      take(where, row.cells);
    }
  }
}

}  // namespace

bool read_born(std::string_view text, ListEntry& into) {
  text = trim(text);
  if (text.starts_with("circa ")) text.remove_prefix(6);
  const auto set = [&into](int year, int month, int day, bool year_only) {
    const auto date = Date::from_civil(year, month, day);
    if (!date) return false;
    into.born = *date;
    into.born_year_only = year_only;
    return true;
  };
  if (const auto date = Date::parse(text); date) return set(date->year(), date->month(), date->day(), false);
  const auto words = split(text, ' ');
  if (words.size() == 1) {
    const auto year = year_of(words[0]);
    return year && set(*year, 1, 1, true);
  }
  if (words.size() == 2) {
    const auto year = year_of(words[1]);
    return year && month_of(words[0]) > 0 && set(*year, 1, 1, true);
  }
  const auto day = parse_int64(words[0]);
  const auto year = year_of(words[2]);
  return day && year && *day >= 1 && *day <= 31 && month_of(words[1]) > 0 &&
         set(*year, month_of(words[1]), static_cast<int>(*day), false);
}

Result<ReadList> read_ofac(std::string_view list, std::string_view sdn, std::string_view aliases,
                           std::string_view addresses) {
  Gatherer to(list);
  each_row(to, "list", sdn, 12, [&](const std::string& where, std::vector<std::string>& cells) {
    ListEntry* entry = to.add(where, told(cells[0]), told(cells[1]));
    if (entry == nullptr) return;
    entry->kind = kind_of(told(cells[2]));
    entry->programme = told(cells[3]);
    if (const std::string flag = told(cells[9]); !flag.empty()) Gatherer::add_country(*entry, flag);
    entry->remarks = told(cells[11]);
    read_remarks(to, where, *entry);
  });
  each_row(to, "aliases", aliases, 4, [&](const std::string& where, std::vector<std::string>& cells) {
    ListEntry* entry = to.find(told(cells[0]));
    if (entry == nullptr) return to.bad(where, said("there is no entry '", told(cells[0]), "' in the list"));
    to.add_name(where, *entry, told(cells[3]));
  });
  each_row(to, "addresses", addresses, 5, [&](const std::string& where, std::vector<std::string>& cells) {
    ListEntry* entry = to.find(told(cells[0]));
    if (entry == nullptr) return to.bad(where, said("there is no entry '", told(cells[0]), "' in the list"));
    if (const std::string country = told(cells[4]); !country.empty()) Gatherer::add_country(*entry, country);
  });
  return to.take();
}

Result<ReadList> read_list_csv(std::string_view list, std::string_view text) {
  static constexpr std::string_view kColumns[] = {"id",   "name",      "kind",      "aliases",
                                                  "born", "countries", "programme", "remarks"};
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  CsvRows rows(text);
  CsvCells row;
  if (!rows.next(row) || !row.fault.empty()) {
    return fail(ErrorCode::invalid, "header", "expected a first row that names the columns: id, name, …");
  }
  std::array<size_t, std::size(kColumns)> places;
  places.fill(std::string::npos);
  Faults faults;
  for (size_t i = 0; i < row.cells.size(); ++i) {
    const auto known = std::ranges::find(kColumns, trim(row.cells[i]));
    if (known == std::end(kColumns)) {
      faults.add("header", said("there is no column '", row.cells[i],
                                "'; expected id, name, kind, aliases, born, countries, programme, remarks"));
    } else if (std::exchange(places[static_cast<size_t>(known - kColumns)], i) != std::string::npos) {
      faults.add("header", said("the column '", row.cells[i], "' stands twice"));
    }
  }
  for (const size_t needed : {size_t{0}, size_t{1}}) {
    if (places[needed] == std::string::npos) {
      faults.add("header", "the column '" + std::string(kColumns[needed]) + "' is missing");
    }
  }
  TRY(std::move(faults).result());
  const size_t columns = row.cells.size();
  Gatherer to(list);
  while (rows.next(row)) {
    const std::string where = "line " + std::to_string(row.line);
    if (!row.fault.empty() || row.cells.size() != columns) {
      to.bad(where, !row.fault.empty()
                        ? row.fault
                        : "expected " + std::to_string(columns) + " columns, came " + std::to_string(row.cells.size()));
      continue;
    }
    const auto cell = [&](size_t column) {
      return places[column] == std::string::npos ? std::string() : std::string(trim(row.cells[places[column]]));
    };
    ListEntry read;
    const auto kinds = names_of(static_cast<const PartyKind*>(nullptr));
    const auto kind = std::ranges::find(kinds, cell(2));
    if (!cell(2).empty() && kind == kinds.end()) {
      to.bad(where, said("expected a kind of unknown, person, organisation, vessel, aircraft, came '", cell(2), "'"));
      continue;
    }
    if (!cell(4).empty() && !read_born(cell(4), read)) {
      to.bad(where, said("expected born as 1975-06-14 or 1975, came '", cell(4), "'"));
      continue;
    }
    ListEntry* entry = to.add(where, cell(0), cell(1));
    if (entry == nullptr) continue;
    if (!cell(2).empty()) entry->kind = static_cast<PartyKind>(kind - kinds.begin());
    entry->born = read.born;
    entry->born_year_only = read.born_year_only;
    const std::string aliases = cell(3), countries = cell(5);  // what is split must outlive its pieces
    for (const std::string_view alias : split(aliases, ';')) {
      if (!trim(alias).empty()) to.add_name(where, *entry, std::string(trim(alias)));
    }
    for (const std::string_view country : split(countries, ';')) Gatherer::add_country(*entry, country);
    entry->programme = cut_utf8(cell(6), kTextBytesMax);
    entry->remarks = cut_utf8(cell(7), kTextBytesMax);
  }
  return to.take();
}

namespace {

struct JsonEntry {
  std::string id, born, programme, remarks;
  PartyKind kind = PartyKind::unknown;
  std::vector<std::string> names, countries;
};
void fields(Shape& shape, JsonEntry& entry) {
  shape.field("id", entry.id, {.help = "the list's own", .min = 1, .max = kIdBytesMax});
  shape.field("names", entry.names, {.help = "the first is the main one", .min = 1, .max = kNamesMax});
  shape.field("kind", entry.kind, {.help = "unknown when absent", .optional = true});
  shape.field("born", entry.born, {.help = "1975-06-14 or 1975", .max = 32, .optional = true});
  shape.field("countries", entry.countries, {.help = "codes or names", .max = 64, .optional = true});
  shape.field("programme", entry.programme, {.max = kTextBytesMax, .optional = true});
  shape.field("remarks", entry.remarks, {.max = kTextBytesMax, .optional = true});
}

}  // namespace

Result<ReadList> read_list_json(std::string_view list, std::string_view text) {
  constexpr size_t kDepthMax = 8;
  const Json json = TRY(parse_json(text, {.bytes_max = text.size() + 1, .depth_max = kDepthMax}));
  const Json* rows = json.list() ? &json : json.find("entries");
  if (rows == nullptr || rows->list() == nullptr) {
    return fail(ErrorCode::invalid, "entries", "expected a list of entries, or an object that holds one as 'entries'");
  }
  Gatherer to(list);
  for (size_t i = 0; i < rows->list()->size(); ++i) {
    const std::string where = "entries/" + std::to_string(i);
    auto read = read_json<JsonEntry>((*rows->list())[i]);
    if (!read) {
      to.bad(where, read.error().text());
      continue;
    }
    ListEntry born;
    if (!read->born.empty() && !read_born(read->born, born)) {
      to.bad(where + "/born", said("expected 1975-06-14 or 1975, came '", read->born, "'"));
      continue;
    }
    ListEntry* entry = to.add(where, std::move(read->id), std::move(read->names.front()));
    if (entry == nullptr) continue;
    entry->kind = read->kind;
    entry->born = born.born;
    entry->born_year_only = born.born_year_only;
    for (size_t name = 1; name < read->names.size(); ++name) to.add_name(where, *entry, std::move(read->names[name]));
    for (const std::string& country : read->countries) Gatherer::add_country(*entry, country);
    entry->programme = std::move(read->programme);
    entry->remarks = std::move(read->remarks);
  }
  return to.take();
}

}  // namespace puhui::screening
