#include "infrastructure/screening/candidates.h"

#include <algorithm>
#include <array>
#include <bit>

namespace puhui::screening {

namespace {

constexpr double kSlack = 0.01;  // of rounding, in log-odds

uint32_t bits(uint8_t begin, uint8_t end) {
  return static_cast<uint32_t>(((uint64_t{1} << end) - 1) & ~((uint64_t{1} << begin) - 1));
}

// What the links that begin at one word of the query can prove.
struct Place {
  uint8_t word = 0;
  float most = 0;
  float weight = 0;                               // of the words of a name that it can find
  uint32_t covered = 0;                           // words of the query
  std::vector<std::pair<uint32_t, float>> found;  // link, the most it proves
};

// One name as far as it was met.
struct Met {
  uint32_t name = 0;
  uint32_t covered = 0;
  float proven = 0;
  float here = 0;  // of it, what the present place gave
  float weight = 0;
  uint8_t place = 0;
};

class Finder {
 public:
  Finder(const NameIndex& index, const Postings& postings, const Comparison& comparison, double needed)
      : index_(index), postings_(postings), comparison_(comparison), needed_(needed - kSlack) {}

  std::vector<uint32_t> find() {
    order_places();
    // Names met only at the last places cannot come to enough: their lists, the longest, are not walked.
    size_t walked = places_.size();
    float tail = 0, tail_weight = 0;
    uint32_t tail_covered = 0;
    while (walked > 0) {
      const Place& last = places_[walked - 1];
      if (bound_of_unknown(tail + last.most, tail_weight + last.weight, tail_covered | last.covered) >= needed_) break;
      tail += last.most;
      tail_weight += last.weight;
      tail_covered |= last.covered;
      --walked;
    }
    size_t postings = 0;
    for (size_t i = 0; i < walked; ++i) {
      for (const auto& [link, most] : places_[i].found) postings += postings_.of(comparison_.links()[link].word).size();
    }
    slots_.assign(std::bit_ceil(std::max<size_t>(16, postings * 2)), kFree);
    for (size_t i = 0; i < walked; ++i) walk(static_cast<uint8_t>(i));
    std::vector<uint32_t> out;
    const double least = proven_needed(needed_) + index_.chance;
    constexpr float initials = Comparison::kInitialProven * Comparison::kInitialsMax;
    for (const Met& met : met_) {
      // Most names fall here, without a logarithm.
      if (met.proven + tail + initials < least) continue;
      if (bound_of(met, tail, tail_weight, tail_covered) >= needed_) out.push_back(met.name);
    }
    std::ranges::sort(out);
    return out;
  }

 private:
  static constexpr uint32_t kFree = ~uint32_t{0};

  void order_places() {
    std::vector<Place> by_word(comparison_.words().size());
    for (uint32_t at = 0; at < comparison_.links().size(); ++at) {
      const Link& link = comparison_.links()[at];
      Place& place = by_word[link.query_begin];
      const float most = std::max(link.proven, link.join_factor * index_.join_weight[link.word]);
      if (most <= 0) continue;
      place.word = link.query_begin;
      place.most = std::max(place.most, most);
      place.weight = std::max({place.weight, link.proven > 0 ? index_.weight[link.word] : 0,
                               link.join_factor > 0 ? index_.join_weight[link.word] : 0});
      place.covered |= bits(link.query_begin, link.query_end);
      place.found.emplace_back(at, most);
    }
    for (Place& place : by_word) {
      if (!place.found.empty()) places_.push_back(std::move(place));
    }
    std::ranges::stable_sort(places_, [](const Place& a, const Place& b) { return a.most > b.most; });
  }

  void walk(uint8_t place) {
    const size_t mask = slots_.size() - 1;
    for (const auto& [number, most] : places_[place].found) {
      const Link& link = comparison_.links()[number];
      const uint32_t covered = bits(link.query_begin, link.query_end);
      for (const uint32_t name : postings_.of(link.word)) {
        size_t at = (name * 0x9E3779B1u >> 7) & mask;
        while (slots_[at] != kFree && met_[slots_[at]].name != name) at = (at + 1) & mask;
        if (slots_[at] == kFree) {
          slots_[at] = static_cast<uint32_t>(met_.size());
          met_.push_back({name, covered, most, most, places_[place].weight, place});
          continue;
        }
        Met& met = met_[slots_[at]];
        met.covered |= covered;
        if (met.place != place) {
          met.proven += most;
          met.here = most;
          met.weight += places_[place].weight;
          met.place = place;
        } else if (most > met.here) {
          met.proven += most - met.here;
          met.here = most;
        }
      }
    }
  }

  // `found`: the weight of a name's words that can be found at most.
  double log_odds(double proven, double found, double entry_share, double left_over) const {
    NameFeatures features;
    features.proven = proven - index_.chance;
    features.words = 2;
    features.all_found = entry_share >= 0.999;  // else a word is left over for certain
    features.shared = std::max(found, proven);
    features.entry_share = entry_share;
    features.query_share = found / (found + left_over);
    return name_log_odds(features);
  }

  // Words of the query that may yet agree with an initial: what they would be left over with is not, of the heaviest.
  struct Initials {
    int count = 0;
    double heaviest = 0, second = 0;
    void add(double weight) {
      ++count;
      second = std::max(second, std::min(weight, heaviest));
      heaviest = std::max(heaviest, weight);
    }
    double proven() const {
      return static_cast<double>(std::min(count, Comparison::kInitialsMax)) * Comparison::kInitialProven;
    }
  };
  static_assert(Comparison::kInitialsMax == 2);

  // Of a name that holds only words of the last places.
  double bound_of_unknown(float proven, float found, uint32_t covered) const {
    Initials initials;
    double left_over = 0;
    for (size_t i = 0; i < comparison_.words().size(); ++i) {
      if ((covered >> i & 1) != 0) continue;
      initials.add(comparison_.words()[i].weight);
      left_over += comparison_.words()[i].weight;
    }
    const double most = proven + initials.proven();
    const double more = initials.heaviest + initials.second;
    return log_odds(most, std::max(most, found + more), 1, left_over - more);
  }

  double bound_of(const Met& met, float tail, float tail_weight, uint32_t tail_covered) const {
    const NameRow& row = index_.names[met.name];
    double found = met.weight + tail_weight, left_over = 0;
    Initials initials;
    const uint32_t covered = met.covered | tail_covered;
    for (size_t i = 0; i < comparison_.words().size(); ++i) {
      if ((covered >> i & 1) != 0) continue;
      const QueryWord& word = comparison_.words()[i];
      left_over += word.weight;
      if (may_be_initial(word.text, row)) initials.add(word.weight);
    }
    if (initials.count > 0) found += row.weight;
    left_over -= initials.heaviest + initials.second;
    return log_odds(met.proven + tail + initials.proven(), found, std::min(1.0, found / row.weight), left_over);
  }

  const NameIndex& index_;
  const Postings& postings_;
  const Comparison& comparison_;
  const double needed_;
  std::vector<Place> places_;  // what proves most first
  std::vector<Met> met_;
  std::vector<uint32_t> slots_;
};

}  // namespace

std::vector<uint32_t> candidates(const NameIndex& index, const Postings& postings, const Comparison& comparison,
                                 double log_odds_needed) {
  return Finder(index, postings, comparison, log_odds_needed).find();
}

}  // namespace puhui::screening
