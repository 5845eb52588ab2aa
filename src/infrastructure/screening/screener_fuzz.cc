// Names of any bytes against a small list, and the same bytes as a list: no crash, parts on character borders, the index as the scan.
#include "ground/base/check.h"
#include "infrastructure/screening/list_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui;
  using namespace puhui::screening;
  static const Screener kScreener = [] {
    std::vector<ListEntry> entries;
    for (const char* name :
         {"MALKEVICH, Alexander Aleksandrovich", "邓小明", "FIRST ZARVANI BANK CORP", "BNK", "محمد Tarkhani"}) {
      ListEntry& entry = entries.emplace_back();
      entry.list = "fuzz";
      entry.id = std::to_string(entries.size());
      entry.names = {name};
    }
    return Screener::build(std::move(entries)).value();
  }();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Query query;
  query.name = bytes;
  ScreenOptions options;
  options.posterior_min_ppm = 1000;
  const auto matches = kScreener.screen(query, options), scanned = kScreener.screen_by_scan(query, options);
  CHECK(matches.has_value() == scanned.has_value(), "both read the same name");
  if (matches) CHECK(*matches == *scanned, "the index agrees with the scan");
  for (const NameToken& token : tokens_of(bytes))
    CHECK(token.begin < token.end && token.end <= size, "a word lies in its name");
  for (const auto& read :
       {read_ofac("fuzz", bytes, bytes, bytes), read_list_csv("fuzz", bytes), read_list_json("fuzz", bytes)}) {
    if (read) (void)Screener::build(read->entries);
  }
  return 0;
}
