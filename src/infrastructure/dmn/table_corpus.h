// What the table corpus is made of (table_corpus_test.cc): tables by number from a seed, as data and as a DMN file. For
// tests only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace puhui::dmn {

struct CorpusColumn {
  std::string name;
  std::string type;      // FEEL's name of the kind
  bool declared = true;  // on the input data
  bool declared_on_input = false;
  std::string allowed;  // input values, or ""
  std::vector<std::string> constants;
};

struct CorpusOutput {
  std::string name;
  std::string type;
  std::string values;
  std::string otherwise;
};

struct CorpusTable {
  std::string hit_policy;
  std::vector<CorpusColumn> columns;
  std::vector<CorpusOutput> outputs;
  std::vector<std::vector<std::string>> cells;    // [rule][column]
  std::vector<std::vector<std::string>> entries;  // [rule][output]
};

CorpusTable corpus_table(uint64_t seed, uint64_t number);
std::string xml_of(const CorpusTable& table);

}  // namespace puhui::dmn
