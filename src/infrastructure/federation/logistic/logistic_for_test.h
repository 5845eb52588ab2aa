// Pairs of parties for the tests of vertical logistic regression: simulated, or from PUHUI_DATA where there is any.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ground/base/check.h"
#include "ground/base/files.h"
#include "ground/base/random.h"
#include "infrastructure/federation/logistic/fixed_point.h"
#include "infrastructure/federation/party_data.h"
#include "infrastructure/models/byte_source.h"
#include "infrastructure/models/csv.h"
#include "infrastructure/models/logistic.h"
#include "infrastructure/models/metrics.h"

namespace puhui::federation {

struct LogisticPair {
  Job job;
  PartyData guest, host;
};

struct PairShape {
  size_t rows = 200, guest_columns = 3, host_columns = 2;
  uint64_t seed = 7;
};
inline Job pair_job(std::vector<std::string> guest_columns, std::vector<std::string> host_columns) {
  Job job;
  job.name = "pair";
  job.kind = JobKind::vertical_logistic;
  job.label = "y";
  job.parties.resize(2);
  job.parties[0].name = "lender", job.parties[0].role = Role::guest;
  job.parties[1].name = "registry", job.parties[1].role = Role::host;
  job.parties[0].columns = std::move(guest_columns);
  job.parties[1].columns = std::move(host_columns);
  job.cipher.scheme = "okamoto_uchiyama";
  return job;
}

inline std::vector<std::string> header_of(const std::string& path) {
  auto source = *models::open_file(path);
  std::string text, piece(1 << 12, '\0');
  while (text.find_first_of("\r\n") == std::string::npos) {
    const size_t count = *source->read(std::span<char>(piece));
    CHECK(count > 0, "a table has a first line");
    text.append(piece, 0, count);
  }
  text.resize(text.find_first_of("\r\n"));
  std::vector<std::string> out;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    const std::string name = text.substr(at, end - at);
    if (name != "id" && name != "y") out.push_back(name);
    at = end + 1;
  }
  return out;
}

// Columns of both houses hang together; whether a row is bad hangs on all of them.
inline LogisticPair simulated_pair(PairShape shape) {
  LogisticPair out;
  const auto names = [](size_t count, const char* prefix) {
    std::vector<std::string> list;
    for (size_t j = 0; j < count; ++j) list.push_back(prefix + std::to_string(j));
    return list;
  };
  out.job = pair_job(names(shape.guest_columns, "g"), names(shape.host_columns, "h"));
  out.guest.columns = out.job.parties[0].columns;
  out.host.columns = out.job.parties[1].columns;
  out.guest.values.resize(shape.guest_columns);
  out.host.values.resize(shape.host_columns);
  for (size_t i = 0; i < shape.rows; ++i) {
    RandomStream stream(Random(shape.seed), 0, i);
    const double common = stream.normal();
    double margin = -0.5;
    for (size_t j = 0; j < shape.guest_columns + shape.host_columns; ++j) {
      const double x = 0.5 * common + stream.normal();
      margin += (j % 3 == 0 ? 0.9 : j % 3 == 1 ? -0.5 : 0.2) * x;
      const bool guest = j < shape.guest_columns;
      auto& values = guest ? out.guest.values[j] : out.host.values[j - shape.guest_columns];
      values.push_back(static_cast<float>(10 + 3 * x));
    }
    out.guest.labels.push_back(stream.uniform() < models::sigmoid(margin) ? 1 : 0);
    out.guest.ids.push_back(std::to_string(i));
  }
  out.host.ids = out.guest.ids;
  return out;
}

// `breast_hetero_*.csv` and its like, the common ids in the guest's order; none where the data are not there.
inline std::optional<LogisticPair> real_pair(const std::string& guest_file, const std::string& host_file) {
  const char* given = std::getenv("PUHUI_DATA");
  const std::string folder = std::string(given != nullptr ? given : "../shared/data") + "/federation/";
  if (!models::open_file(folder + guest_file)) return std::nullopt;
  LogisticPair out;
  out.job = pair_job(header_of(folder + guest_file), header_of(folder + host_file));
  const auto read = [&](const std::string& file, size_t party) {
    auto data = read_party_data(*models::open_file(folder + file), out.job, party);
    CHECK(data.has_value(), "the files of PUHUI_DATA are whole");
    return *std::move(data);
  };
  out.guest = read(guest_file, 0);
  out.host = read(host_file, 1);
  std::map<std::string, uint32_t> places;
  for (uint32_t i = 0; i < out.host.ids.size(); ++i) places[out.host.ids[i]] = i;
  std::vector<uint32_t> guest_rows, host_rows;
  for (uint32_t i = 0; i < out.guest.ids.size(); ++i) {
    const auto found = places.find(out.guest.ids[i]);
    if (found == places.end()) continue;
    guest_rows.push_back(i);
    host_rows.push_back(found->second);
  }
  out.guest = rows_of(out.guest, guest_rows);
  out.host = rows_of(out.host, host_rows);
  return out;
}

// AUC of a logistic regression with the true sigmoid over all columns in one place.
inline double auc_of_one_house(const LogisticPair& pair) {
  std::vector<std::vector<double>> columns;
  for (const PartyData* data : {&pair.guest, &pair.host}) {
    for (const std::vector<float>& values : data->values) {
      double mean = 0, squares = 0;
      const auto n = static_cast<double>(values.size());
      for (const float v : values) mean += v / n;
      for (const float v : values) squares += (v - mean) * (v - mean) / n;
      columns.emplace_back();
      for (const float v : values) columns.back().push_back((v - mean) / std::sqrt(squares));
    }
  }
  std::vector<double> rows;
  std::vector<uint8_t> bad;
  for (size_t i = 0; i < pair.guest.row_count(); ++i) {
    for (const auto& column : columns) rows.push_back(column[i]);
    bad.push_back(pair.guest.labels[i] == 1 ? 1 : 0);
  }
  const auto fit = models::fit_logistic({.rows = rows, .bad = bad, .feature_count = columns.size()}, {.l2 = 1});
  CHECK(fit.has_value(), "a regression with a penalty converges");
  std::vector<double> scores;
  for (size_t i = 0; i < bad.size(); ++i) {
    double score = fit->intercept;
    for (size_t j = 0; j < columns.size(); ++j) score += fit->coefficients[j] * rows[i * columns.size() + j];
    scores.push_back(score);
  }
  return models::auc({.scores = scores, .bad = bad});
}

}  // namespace puhui::federation
