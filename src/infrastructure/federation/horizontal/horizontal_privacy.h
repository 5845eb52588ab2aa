// Differential privacy of horizontal training: noise that every client draws as its share, and an account of what all rounds spent.
// Rényi differential privacy of the sampled Gaussian mechanism: Mironov (2017); Mironov, Talwar and Zhang (2019).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ground/base/bytes.h"
#include "infrastructure/federation/job.h"
#include "infrastructure/federation/psi/noise.h"

namespace puhui::federation {

// Rényi divergence of one order (2 to kRenyiOrderMax) that a round spends in which each row takes part with probability `share` and
// noise has `multiplier` times the sensitivity as its standard deviation. Doubles: for the account alone, no result hangs on them.
inline constexpr int kRenyiOrderMax = 256;
double sampled_gaussian_divergence(double share, double multiplier, int order);

class PrivacyAccount {
 public:
  PrivacyAccount();
  void spend(double share, double multiplier, uint64_t rounds = 1);
  // The least epsilon over the orders for this delta (Canonne, Kamath, Steinke 2020, proposition 12).
  double epsilon(double delta) const;
  const std::vector<double>& divergences() const { return divergences_; }  // of the orders 2, 3, …
  void restore(std::vector<double> divergences) { divergences_ = std::move(divergences); }

 private:
  std::vector<double> divergences_;
  std::vector<double> last_;  // of one round like the last: rounds come alike
  double last_share_ = 0, last_multiplier_ = 0;
};

// Exactly P(x) ∝ exp(-x² / 2 sigma²) over the integers; 1 <= sigma <= 2^27. Canonne, Kamath and Steinke (2020), algorithm 3.
int64_t discrete_gaussian(SecretBits& bits, uint64_t sigma);

// Rounds to come in which each row takes part with probability `share`; `epsilon_part` of the job's epsilon is theirs and what was
// spent before.
struct HorizontalBudget {
  double share = 1;
  uint64_t rounds = 0;
  double epsilon_part = 1;
};

// A job's terms in force at one client. Without epsilon nothing is noised and nothing is spent.
class HorizontalPrivacy {
 public:
  HorizontalPrivacy() = default;
  explicit HorizontalPrivacy(const Job& job);
  bool is_on() const { return terms_.epsilon > 0; }
  double clip() const { return terms_.clip; }
  // Takes the least multiplier with which these rounds stay inside the budget. False when none does.
  bool plan(const HorizontalBudget& budget);
  bool affords(double share) const;  // one more such round stays inside the job's epsilon
  // Standard deviation of all clients' noise together, of a round in which one row moves the sum by at most so many units.
  double sigma_units(double sensitivity_units) const { return multiplier_ * sensitivity_units; }
  // Adds this client's share to every word. Any clients_min - 1 clients' shares together have the whole variance, so that neither the
  // clients that went away nor one that takes its own share off again lessen what is promised.
  void add_share(std::span<uint64_t> words, uint64_t round, double sensitivity_units) const;
  // Whether the row takes part in the round: with probability `share`, drawn by the client in secret.
  bool takes_part(uint64_t round, uint64_t row, double share) const;
  void spend(double share);
  double spent() const { return is_on() ? account_.epsilon(terms_.delta) : 0; }

  void write(ByteWriter& out) const;
  void read(ByteReader& in);

 private:
  PrivacyTerms terms_;
  uint64_t shares_ = 2;  // clients whose noise is enough
  NoiseSeed seed_{};
  double multiplier_ = 0;
  PrivacyAccount account_;
};

}  // namespace puhui::federation
