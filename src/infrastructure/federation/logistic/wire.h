// What the two parties of a logistic regression say in plain bytes; ciphertexts have their own form (cipher/additive.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/federation/conversation.h"

namespace puhui::federation {

enum : uint16_t {
  kLogisticHello = kLogisticKinds,  // key, rows
  kLogisticRows,                    // ciphertexts of a block of a batch
  kLogisticMasked,                  // masked sums under the receiver's key
  kLogisticOpened,                  // the same, decrypted
  kLogisticScores,                  // the host's partial scores of all rows
  kLogisticDone,                    // the guest has them
};

struct LogisticHello {
  uint64_t rows = 0;
  std::string key;  // a cipher::PublicKey's bytes
};
std::string write_hello(const LogisticHello& hello);
Result<LogisticHello> read_logistic_hello(std::string_view bytes);

// Partial scores, 8 bytes each.
std::string write_scores(std::span<const int64_t> scores);
// `corrupt` unless there are `rows` of them; their size is the reader's affair.
Result<std::vector<int64_t>> read_scores(std::string_view bytes, uint64_t rows);

}  // namespace puhui::federation
