// What a horizontal training is made of: rounds, in each of which every client gives a vector of integers and learns the sum of all.
// The learner says what to add up and what to make of the sum; how the sum comes about is secure_sum.h's affair.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/bytes.h"
#include "infrastructure/federation/horizontal/horizontal_privacy.h"
#include "infrastructure/federation/stage.h"

namespace puhui::federation {

inline constexpr size_t kHorizontalRowsMax = size_t{1} << 23;  // of all clients: sums of products stay inside 63 bits

class HorizontalLearner {
 public:
  virtual ~HorizontalLearner() = default;
  virtual std::string_view name() const = 0;
  virtual bool finished() const = 0;
  virtual uint64_t rounds_done() const = 0;
  virtual uint64_t rounds_max() const = 0;
  virtual std::string_view leak() const = 0;          // the code of what the coming round tells all clients
  virtual std::vector<uint64_t> numbers() const = 0;  // this client's of the coming round; the same whenever asked
  virtual Result<void> take(std::span<const uint64_t> sums) = 0;  // of all clients: the coming round is done
  virtual const HorizontalPrivacy& privacy() const = 0;
  virtual void write(ByteWriter& out) const = 0;
  virtual void read(ByteReader& in) = 0;   // rejects what is none of ours
  virtual StageResult result() const = 0;  // once finished
};

// The stage of a learner: a step a round. `invalid` when the job has fewer than three clients or clients_min is below three.
Result<std::unique_ptr<Stage>> horizontal_stage(const StageNeeds& needs, std::unique_ptr<HorizontalLearner> learner);

// All learners in one place, sums in the clear: what the protocol equals to the byte.
Result<std::vector<StageResult>> learn_in_the_clear(std::span<const std::unique_ptr<HorizontalLearner>> learners);

// A word of a sum as the signed number it stands for.
inline int64_t as_signed(uint64_t word) { return static_cast<int64_t>(word); }
inline uint64_t as_word(int64_t number) { return static_cast<uint64_t>(number); }

}  // namespace puhui::federation
