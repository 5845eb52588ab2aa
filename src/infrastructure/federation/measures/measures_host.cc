#include "infrastructure/federation/measures/measures_host.h"

#include <algorithm>
#include <numeric>

#include "ground/base/bytes.h"

namespace puhui::federation {

Result<void> MeasuresHost::take_key(Conversation& with) {
  const std::string came = TRY(with.receive(0, kMeasureKey));
  ByteReader in(came);
  const uint64_t rows = in.unsigned_varint();
  const std::string_view key = in.text();
  TRY(in.finish("the key of a measuring"));
  if (rows != needs_.data.row_count()) {
    return fail(ErrorCode::invalid, party_name(0),
                "expected " + std::to_string(needs_.data.row_count()) + " common rows, came " + std::to_string(rows));
  }
  auto parsed = cipher::PublicKey::parse(key, TRY(cipher::chosen_kernel()));
  if (!parsed) return fail(at(party_name(0), std::move(parsed).error()));
  const bool paillier = needs_.job.cipher.scheme == "paillier";
  if ((parsed->scheme() == cipher::Scheme::paillier) != paillier ||
      parsed->bits() != static_cast<size_t>(needs_.job.cipher.key_bits)) {
    return fail(ErrorCode::invalid, party_name(0), "expected a key of the job's scheme and size, came another");
  }
  key_.emplace(*std::move(parsed));
  return {};
}

Result<cipher::Ciphertexts> MeasuresHost::block(Conversation& with, uint16_t kind, size_t rows) const {
  const std::string came = TRY(with.receive(0, kind));
  if (came.size() != rows * key_->ciphertext_bytes()) {
    return fail(ErrorCode::corrupt, party_name(0),
                "expected " + std::to_string(rows) + " encrypted rows, came " + std::to_string(came.size()) + " bytes");
  }
  auto read = key_->read(came);
  if (!read) return fail(at(party_name(0), std::move(read).error()));
  return *std::move(read);
}

// One sum a bin, column after column, each column as many places as the largest has.
Result<cipher::Ciphertexts> MeasuresHost::label_sums(Conversation& with) const {
  size_t bins = 0;
  for (const MeasuredColumn& column : own_) bins = std::max(bins, column.bin_rows.size());
  cipher::Ciphertexts cells = key_->zeros(own_.size() * bins);
  for (size_t first = 0; first < needs_.data.row_count(); first += kMeasureBlockRows) {
    const size_t count = std::min(kMeasureBlockRows, needs_.data.row_count() - first);
    const cipher::Ciphertexts labels = TRY(block(with, kMeasureLabels, count));
    if (own_.empty()) continue;
    std::vector<uint8_t> places;
    for (size_t i = first; i < first + count; ++i) {
      for (const MeasuredColumn& column : own_) places.push_back(column.bin_of_row[i]);
    }
    std::vector<uint32_t> rows(count);
    std::iota(rows.begin(), rows.end(), 0U);
    key_->modulus().multiply_into_cells(labels.residues, rows, places, own_.size(), bins, cells.residues);
  }
  cipher::Ciphertexts out = key_->zeros(0);
  for (size_t j = 0; j < own_.size(); ++j) {
    out.residues.append(cells.residues.slice(j * bins, own_[j].bin_rows.size()));
  }
  return out;
}

Result<void> MeasuresHost::weigh_bins(Conversation& with) {
  TRY(take_key(with));
  const cipher::Ciphertexts each = TRY(label_sums(with));
  BinRows rows;
  for (const MeasuredColumn& column : own_) rows.push_back(column.bin_rows);
  const cipher::Slots slots = slots_of(*key_, kLabelSumBits);
  std::string bytes;
  if (each.count() > 0) {
    cipher::Ciphertexts packed = key_->pack_together(each, slots.count, slots.width_bits);
    key_->refresh(packed);
    key_->write(packed, bytes);
  }
  TRY(with.send(0, kMeasureBins, write_bin_rows(rows)));
  TRY(with.send(0, kMeasureSums, bytes));
  needs_.leakage.tell(party_name(0), "bin_counts", static_cast<int64_t>(each.count()));
  const auto told = TRY(read_numbers(TRY(with.receive(0, kMeasureAnswer)), own_.size()));
  for (size_t j = 0; j < own_.size(); ++j) {
    const MeasuredColumn& column = own_[j];
    Json::List bins;
    for (size_t b = 0; b < column.bin_rows.size(); ++b) {
      Json one;
      one.set("rows", column.bin_rows[b]);
      const bool missing = column.has_missing_bin && b + 1 == column.bin_rows.size();
      if (missing) one.set("missing", true);
      if (!missing && b > 0) one.set("from", column.breaks[b - 1]);
      bins.push_back(std::move(one));
    }
    Json out;
    out.set("party", party_name(needs_.self));
    out.set("column", column.name);
    out.set("iv", static_cast<double>(told[j]) / 1e6);
    out.set("bins", std::move(bins));
    add_column(std::move(out));
  }
  return {};
}

// Group after group of the guest's columns, a ciphertext for each of the own.
Result<cipher::Ciphertexts> MeasuresHost::product_sums(Conversation& with) const {
  const size_t theirs = needs_.job.parties[0].columns.size(), each = slots_of(*key_, kProductSumBits).count;
  cipher::Ciphertexts out = key_->zeros(0);
  for (size_t group = 0; group < theirs; group += each) {
    cipher::Ciphertexts sums = key_->zeros(own_.size());
    for (size_t first = 0; first < needs_.data.row_count(); first += kMeasureBlockRows) {
      const size_t count = std::min(kMeasureBlockRows, needs_.data.row_count() - first);
      const cipher::Ciphertexts rows = TRY(block(with, kMeasureValues, count));
      if (own_.empty()) continue;
      std::vector<int32_t> factors;
      for (size_t i = first; i < first + count; ++i) {
        for (const MeasuredColumn& column : own_) factors.push_back(column.values[i]);
      }
      key_->add(sums, TRY(key_->dot(rows, factors, own_.size())));
    }
    out.residues.append(sums.residues);
  }
  return out;
}

Result<void> MeasuresHost::correlate(Conversation& with) {
  TRY(take_key(with));
  cipher::Ciphertexts sums = TRY(product_sums(with));
  std::string bytes;
  if (sums.count() > 0) {
    key_->refresh(sums);
    key_->write(sums, bytes);
  }
  TRY(with.send(0, kMeasureProducts, bytes));
  const std::vector<std::string>& theirs = needs_.job.parties[0].columns;
  const auto told = TRY(read_numbers(TRY(with.receive(0, kMeasureAnswer)), theirs.size() * own_.size()));
  needs_.leakage.tell(party_name(0), "correlations", static_cast<int64_t>(told.size()));
  for (size_t j = 0; j < theirs.size(); ++j) {
    for (size_t k = 0; k < own_.size(); ++k) {
      add_pair({party_name(0), theirs[j]}, {party_name(needs_.self), own_[k].name}, told[j * own_.size() + k]);
    }
  }
  correlate_own();
  return {};
}

}  // namespace puhui::federation
