#include "infrastructure/federation/measures/measures_guest.h"

#include <algorithm>
#include <cmath>

#include "ground/base/bytes.h"

namespace puhui::federation {

void check_measured_labels(const PartyData& data, Faults& faults) {
  if (data.labels.size() != data.row_count())
    return faults.add("label", "expected a label a row at the guest, came none");
  const auto count = [&](double label) { return std::count(data.labels.begin(), data.labels.end(), label); };
  const auto good = static_cast<size_t>(count(0)), bad = static_cast<size_t>(count(1));
  if (good + bad != data.labels.size()) faults.add("label", "expected 0 or 1 in every row, came another number");
  if (good == 0 || bad == 0)
    faults.add("label", "expected rows of both classes, came only one; look at the label's column");
}

Result<void> MeasuresGuest::make_key() {
  if (key_) return {};
  const bool paillier = needs_.job.cipher.scheme == "paillier";
  const auto scheme = paillier ? cipher::Scheme::paillier : cipher::Scheme::okamoto_uchiyama;
  key_.emplace(TRY(
      cipher::SecretKey::make(scheme, static_cast<size_t>(needs_.job.cipher.key_bits), TRY(cipher::chosen_kernel()))));
  return {};
}

// Every step begins with it: whoever was restored has none.
Result<void> MeasuresGuest::send_key(Conversation& with) {
  TRY(make_key());
  ByteWriter out;
  out.unsigned_varint(needs_.data.row_count());
  out.text(key_->public_key().bytes());
  for (size_t host = 1; host < with.parties(); ++host) TRY(with.send(host, kMeasureKey, out.bytes()));
  return {};
}

Result<void> MeasuresGuest::send_labels(Conversation& with) {
  const std::vector<double>& labels = needs_.data.labels;
  for (size_t first = 0; first < labels.size(); first += kMeasureBlockRows) {
    const size_t count = std::min(kMeasureBlockRows, labels.size() - first);
    cipher::Integers values(count, 1);
    for (size_t i = 0; i < count; ++i) values.at(i)[0] = labels[first + i] == 1 ? 1 : 0;
    std::string bytes;
    key_->public_key().write(key_->encrypt(values), bytes);
    for (size_t host = 1; host < with.parties(); ++host) TRY(with.send(host, kMeasureLabels, bytes));
  }
  return {};
}

Result<void> MeasuresGuest::weigh_bins(Conversation& with) {
  TRY(send_key(with));
  TRY(send_labels(with));
  for (const MeasuredColumn& column : own_) {
    std::vector<uint64_t> bads(column.bin_rows.size(), 0);
    for (size_t i = 0; i < column.bin_of_row.size(); ++i) bads[column.bin_of_row[i]] += needs_.data.labels[i] == 1;
    add_weighed(0, column.name, column.bin_rows, bads, nullptr);
  }
  for (size_t host = 1; host < with.parties(); ++host) TRY(take_bins(with, host));
  return {};
}

// Decrypts what slot after slot holds `count` numbers.
Result<std::vector<int64_t>> MeasuresGuest::opened(const std::string& bytes, cipher::Slots slots, size_t count,
                                                   size_t host) const {
  const size_t expected = (count + slots.count - 1) / slots.count * key_->public_key().ciphertext_bytes();
  if (bytes.size() != expected) {
    return fail(
        ErrorCode::corrupt, party_name(host),
        "expected " + std::to_string(expected) + " bytes of encrypted sums, came " + std::to_string(bytes.size()));
  }
  if (count == 0) return std::vector<int64_t>{};
  auto sums = key_->public_key().read(bytes);
  if (!sums) return fail(at(party_name(host), std::move(sums).error()));
  auto numbers = key_->decrypt(*sums, slots.words(), slots.width_bits * slots.count);
  if (!numbers) return fail(at(party_name(host), std::move(numbers).error()));
  std::vector<int64_t> out = TRY(cipher::unpack(*numbers, slots));
  out.resize(count);
  return out;
}

Result<void> MeasuresGuest::take_bins(Conversation& with, size_t host) {
  const size_t columns = needs_.job.parties[host].columns.size();
  const auto bins_max = static_cast<size_t>(needs_.job.measures.bins_max) + 1;
  auto rows = read_bin_rows(TRY(with.receive(host, kMeasureBins)),
                            {.columns = columns, .rows = needs_.data.row_count(), .bins_max = bins_max});
  if (!rows) return fail(at(party_name(host), std::move(rows).error()));
  size_t bins = 0;
  for (const auto& column : *rows) bins += column.size();
  const auto sums =
      TRY(opened(TRY(with.receive(host, kMeasureSums)), slots_of(key_->public_key(), kLabelSumBits), bins, host));
  const auto bad = std::count(needs_.data.labels.begin(), needs_.data.labels.end(), 1.0);
  std::vector<int64_t> told;
  size_t place = 0;
  for (size_t j = 0; j < columns; ++j) {
    std::vector<uint64_t> bads;
    int64_t sum = 0;
    for (const uint64_t in_bin : (*rows)[j]) {
      const int64_t value = sums[place++];
      if (value < 0 || value > static_cast<int64_t>(in_bin)) sum = -static_cast<int64_t>(kMeasuredRowsMax) * 1000;
      sum += value;
      bads.push_back(static_cast<uint64_t>(value));
    }
    if (sum != bad) {
      return fail(ErrorCode::corrupt, party_name(host) + ", column " + std::to_string(j + 1),
                  "expected sums of labels that the bins' rows can have, came others; the peer broke the protocol");
    }
    add_weighed(host, needs_.job.parties[host].columns[j], (*rows)[j], bads, &told);
  }
  needs_.leakage.tell(party_name(host), "information_values", static_cast<int64_t>(columns));
  return with.send(host, kMeasureAnswer, write_numbers(told));
}

// `told`: the IV in parts per million, which is what the host learns.
void MeasuresGuest::add_weighed(size_t party, const std::string& column, const std::vector<uint64_t>& rows,
                                const std::vector<uint64_t>& bads, std::vector<int64_t>* told) {
  models::Binning binning;
  for (size_t b = 0; b < rows.size(); ++b) binning.bins.push_back({.good = rows[b] - bads[b], .bad = bads[b]});
  models::weigh(binning);
  if (told != nullptr) told->push_back(static_cast<int64_t>(std::nearbyint(binning.iv * 1e6)));
  Json::List bins;
  for (const models::Bin& bin : binning.bins) {
    Json one;
    one.set("rows", bin.good + bin.bad);
    one.set("bad", bin.bad);
    one.set("woe", bin.woe);
    one.set("iv", bin.iv);
    bins.push_back(std::move(one));
  }
  Json out;
  out.set("party", party_name(party));
  out.set("column", column);
  out.set("iv", binning.iv);
  out.set("bins", std::move(bins));
  add_column(std::move(out));
}

// Columns [first, last) of every row in one plaintext.
Result<void> MeasuresGuest::send_values(Conversation& with, size_t first, size_t last) {
  const cipher::Slots slots{.width_bits = kProductSumBits, .count = last - first};
  for (size_t begin = 0; begin < needs_.data.row_count(); begin += kMeasureBlockRows) {
    const size_t count = std::min(kMeasureBlockRows, needs_.data.row_count() - begin);
    std::vector<int64_t> values;
    for (size_t i = begin; i < begin + count; ++i) {
      for (size_t j = first; j < last; ++j) values.push_back(own_[j].values[i]);
    }
    std::string bytes;
    key_->public_key().write(key_->encrypt(cipher::pack(values, slots)), bytes);
    for (size_t host = 1; host < with.parties(); ++host) TRY(with.send(host, kMeasureValues, bytes));
  }
  return {};
}

Result<void> MeasuresGuest::correlate(Conversation& with) {
  TRY(send_key(with));
  const size_t each = slots_of(key_->public_key(), kProductSumBits).count;
  for (size_t first = 0; first < own_.size(); first += each) {
    TRY(send_values(with, first, std::min(first + each, own_.size())));
  }
  correlate_own();
  for (size_t host = 1; host < with.parties(); ++host) TRY(take_products(with, host));
  return {};
}

Result<void> MeasuresGuest::take_products(Conversation& with, size_t host) {
  const std::vector<std::string>& columns = needs_.job.parties[host].columns;
  const size_t each = slots_of(key_->public_key(), kProductSumBits).count;
  const std::string came = TRY(with.receive(host, kMeasureProducts));
  const size_t rows = needs_.data.row_count();
  const auto most = static_cast<int64_t>(rows) * kMeasuredValueMax * kMeasuredValueMax;
  std::vector<int64_t> told(own_.size() * columns.size());
  // Group after group of the guest's columns, a ciphertext for each of the host's.
  size_t place = 0;
  const size_t bytes_each = key_->public_key().ciphertext_bytes() * columns.size();
  for (size_t first = 0; first < own_.size(); first += each, place += bytes_each) {
    const cipher::Slots slots{.width_bits = kProductSumBits, .count = std::min(each, own_.size() - first)};
    const std::string group = place <= came.size() ? came.substr(place, bytes_each) : std::string();
    const auto sums = TRY(opened(group, slots, slots.count * columns.size(), host));
    for (size_t k = 0; k < sums.size(); ++k) {
      if (sums[k] > most || sums[k] < -most) {
        return fail(ErrorCode::corrupt, party_name(host),
                    "expected sums of products of " + std::to_string(rows) +
                        " rows, came larger ones; the peer broke the protocol");
      }
      told[(first + k % slots.count) * columns.size() + k / slots.count] = correlation_ppm(sums[k], rows);
    }
  }
  if (place != came.size())
    return fail(ErrorCode::corrupt, party_name(host), "expected no bytes after the sums, came more");
  for (size_t j = 0; j < own_.size(); ++j) {
    for (size_t k = 0; k < columns.size(); ++k) {
      add_pair({party_name(0), own_[j].name}, {party_name(host), columns[k]}, told[j * columns.size() + k]);
    }
  }
  needs_.leakage.tell(party_name(host), "correlations", static_cast<int64_t>(told.size()));
  return with.send(host, kMeasureAnswer, write_numbers(told));
}

}  // namespace puhui::federation
