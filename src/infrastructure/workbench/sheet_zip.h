// Zip files in memory, as xlsx files are: read under limits, written with the same bytes every time. minizip stays
// behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/workbench/sheet.h"

namespace puhui::workbench {

class ZipFiles {
 public:
  // Reads the directory only. `bytes` must outlive it.
  static Result<ZipFiles> open(std::string_view bytes, const SheetLimits& limits);
  ZipFiles(ZipFiles&&) noexcept;
  ~ZipFiles();

  bool has(const std::string& name) const { return places_.contains(name); }
  // Unpacks one file; what is unpacked counts towards unpacked_bytes_max, whatever the directory claims.
  Result<std::string> read(const std::string& name);

 private:
  struct Memory;
  struct Place {
    uint64_t directory_offset = 0;
    uint64_t number = 0;
  };
  ZipFiles();
  Result<void> read_directory(const SheetLimits& limits);

  std::unique_ptr<Memory> memory_;
  std::map<std::string, Place> places_;
  size_t unpacked_bytes_left_ = 0;
};

struct ZipPart {
  std::string name;
  std::string bytes;
};
std::string zip_of(const std::vector<ZipPart>& parts);

}  // namespace puhui::workbench
