#include "infrastructure/workbench/sheet_zip.h"

#include <minizip/unzip.h>
#include <minizip/zip.h>

#include "ground/base/check.h"

namespace puhui::workbench {
namespace {

// What minizip takes for a file: bytes to read, or a text that grows.
struct MemoryFile {
  std::string_view in;
  std::string out;
  size_t at = 0;
  bool writing = false;
  size_t size() const { return writing ? out.size() : in.size(); }
};

MemoryFile& file_of(voidpf stream) { return *static_cast<MemoryFile*>(stream); }

voidpf open_memory(voidpf opaque, const void* /*name*/, int /*mode*/) { return opaque; }

uLong read_memory(voidpf /*opaque*/, voidpf stream, void* to, uLong size) {
  MemoryFile& file = file_of(stream);
  const std::string_view all = file.writing ? std::string_view(file.out) : file.in;
  const size_t count = file.at >= all.size() ? 0 : std::min<size_t>(size, all.size() - file.at);
  if (count > 0) std::memcpy(to, all.data() + file.at, count);
  file.at += count;
  return count;
}

uLong write_memory(voidpf /*opaque*/, voidpf stream, const void* from, uLong size) {
  MemoryFile& file = file_of(stream);
  if (!file.writing) return 0;
  if (file.out.size() < file.at + size) file.out.resize(file.at + size);
  if (size > 0) std::memcpy(file.out.data() + file.at, from, size);
  file.at += size;
  return size;
}

ZPOS64_T tell_memory(voidpf /*opaque*/, voidpf stream) { return file_of(stream).at; }

long seek_memory(voidpf /*opaque*/, voidpf stream, ZPOS64_T offset, int origin) {
  MemoryFile& file = file_of(stream);
  const uint64_t base = origin == ZLIB_FILEFUNC_SEEK_SET ? 0 : origin == ZLIB_FILEFUNC_SEEK_CUR ? file.at : file.size();
  const uint64_t target = base + offset;
  if (target > file.size()) return -1;
  file.at = target;
  return 0;
}

int close_memory(voidpf /*opaque*/, voidpf /*stream*/) { return 0; }
int no_error(voidpf /*opaque*/, voidpf /*stream*/) { return 0; }

zlib_filefunc64_def functions_of(MemoryFile& file) {
  return {.zopen64_file = open_memory,
          .zread_file = read_memory,
          .zwrite_file = write_memory,
          .ztell64_file = tell_memory,
          .zseek64_file = seek_memory,
          .zclose_file = close_memory,
          .zerror_file = no_error,
          .opaque = &file};
}

}  // namespace

struct ZipFiles::Memory {
  MemoryFile file;
  unzFile zip = nullptr;
  ~Memory() {
    if (zip != nullptr) unzClose(zip);
  }
};

ZipFiles::ZipFiles() : memory_(std::make_unique<Memory>()) {}
ZipFiles::ZipFiles(ZipFiles&&) noexcept = default;
ZipFiles::~ZipFiles() = default;

Result<ZipFiles> ZipFiles::open(std::string_view bytes, const SheetLimits& limits) {
  if (bytes.size() > limits.bytes_max) {
    return fail(ErrorCode::exhausted, "expected at most " + std::to_string(limits.bytes_max) + " bytes, came " +
                                          std::to_string(bytes.size()));
  }
  ZipFiles files;
  files.memory_->file.in = bytes;
  files.unpacked_bytes_left_ = limits.unpacked_bytes_max;
  zlib_filefunc64_def functions = functions_of(files.memory_->file);
  files.memory_->zip = unzOpen2_64("", &functions);
  if (files.memory_->zip == nullptr) {
    return fail(ErrorCode::invalid, "expected an .xlsx file (a zip file), came something else; save it as .xlsx");
  }
  TRY(files.read_directory(limits));
  return files;
}

Result<void> ZipFiles::read_directory(const SheetLimits& limits) {
  constexpr size_t kNameBytesMax = 1024;
  unzFile zip = memory_->zip;
  size_t entries = 0;
  for (int state = unzGoToFirstFile(zip); state != UNZ_END_OF_LIST_OF_FILE; state = unzGoToNextFile(zip)) {
    if (state != UNZ_OK)
      return fail(ErrorCode::corrupt, "expected a zip directory that can be read; the file is damaged");
    if (++entries > limits.zip_entries_max) {
      return fail(ErrorCode::exhausted,
                  "expected at most " + std::to_string(limits.zip_entries_max) + " files inside an .xlsx file");
    }
    unz_file_info64 info{};
    std::array<char, kNameBytesMax> name{};
    unz64_file_pos place{};
    if (unzGetCurrentFileInfo64(zip, &info, name.data(), kNameBytesMax - 1, nullptr, 0, nullptr, 0) != UNZ_OK ||
        unzGetFilePos64(zip, &place) != UNZ_OK) {
      return fail(ErrorCode::corrupt, "expected a zip directory that can be read; the file is damaged");
    }
    // The first of a name counts, so that two readers of the file cannot see two contents.
    places_.emplace(name.data(), Place{place.pos_in_zip_directory, place.num_of_file});
  }
  return {};
}

Result<std::string> ZipFiles::read(const std::string& name) {
  constexpr size_t kChunkBytes = 64 << 10;
  const auto found = places_.find(name);
  if (found == places_.end()) return fail(ErrorCode::invalid, name, "expected this file inside the .xlsx file");
  unzFile zip = memory_->zip;
  const unz64_file_pos place{found->second.directory_offset, found->second.number};
  unz_file_info64 info{};
  if (unzGoToFilePos64(zip, &place) != UNZ_OK ||
      unzGetCurrentFileInfo64(zip, &info, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK) {
    return fail(ErrorCode::corrupt, name, "expected a file that can be read; the .xlsx file is damaged");
  }
  if ((info.flag & 1) != 0 || (info.compression_method != 0 && info.compression_method != Z_DEFLATED)) {
    return fail(ErrorCode::invalid, name, "expected plain or deflated bytes; save the .xlsx file without a password");
  }
  if (unzOpenCurrentFile(zip) != UNZ_OK) {
    return fail(ErrorCode::corrupt, name, "expected a file that can be read; the .xlsx file is damaged");
  }
  std::string out;
  std::string chunk(kChunkBytes, '\0');
  int count = 0;
  while ((count = unzReadCurrentFile(zip, chunk.data(), kChunkBytes)) > 0) {
    if (static_cast<size_t>(count) > unpacked_bytes_left_) {
      unzCloseCurrentFile(zip);
      return fail(ErrorCode::exhausted, name, "the .xlsx file unpacks to more than its limit of bytes");
    }
    unpacked_bytes_left_ -= static_cast<size_t>(count);
    out.append(chunk, 0, static_cast<size_t>(count));
  }
  if (unzCloseCurrentFile(zip) != UNZ_OK || count < 0) {
    return fail(ErrorCode::corrupt, name, "expected its check sum to agree; the .xlsx file is damaged");
  }
  return out;
}

std::string zip_of(const std::vector<ZipPart>& parts) {
  MemoryFile file{.writing = true};
  zlib_filefunc64_def functions = functions_of(file);
  zipFile zip = zipOpen2_64("", APPEND_STATUS_CREATE, nullptr, &functions);
  CHECK(zip != nullptr, "a zip file is opened in memory");
  // The oldest date a zip file can say: the same table is the same bytes on any day.
  const zip_fileinfo info{.tmz_date = {.tm_mday = 1, .tm_mon = 0, .tm_year = 1980}};
  for (const ZipPart& part : parts) {
    CHECK(part.bytes.size() < std::numeric_limits<unsigned>::max(), "tables are read under limits far below this");
    constexpr int kLevel = 6;
    CHECK(zipOpenNewFileInZip(zip, part.name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED, kLevel) ==
              ZIP_OK,
          "a file is begun in memory");
    CHECK(zipWriteInFileInZip(zip, part.bytes.data(), static_cast<unsigned>(part.bytes.size())) == ZIP_OK,
          "bytes are packed into memory");
    CHECK(zipCloseFileInZip(zip) == ZIP_OK, "a file is ended in memory");
  }
  CHECK(zipClose(zip, nullptr) == ZIP_OK, "a zip directory is written to memory");
  return std::move(file.out);
}

}  // namespace puhui::workbench
