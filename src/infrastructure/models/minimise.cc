#include "infrastructure/models/minimise.h"

#include <algorithm>
#include <cmath>
#include <deque>

namespace puhui::models {

namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double largest(const Vector& v) {
  double out = 0;
  for (const double x : v) out = std::max(out, std::fabs(x));
  return out;
}

// One place on the line: step length, value and slope there.
struct Place {
  double step = 0, value = 0, slope = 0;
};

// Minimiser of the cubic through two places with their slopes. `downhill` is the root's sign as the paper has it.
struct Cubic {
  double ratio;
  double gamma;
};
Cubic cubic(const Place& from, const Place& to, bool gamma_negative) {
  const double theta = 3 * (from.value - to.value) / (to.step - from.step) + from.slope + to.slope;
  const double scale = std::max({std::fabs(theta), std::fabs(from.slope), std::fabs(to.slope)});
  const double root = (theta / scale) * (theta / scale) - (from.slope / scale) * (to.slope / scale);
  double gamma = scale * std::sqrt(std::max(0.0, root));
  if (gamma_negative) gamma = -gamma;
  return {(gamma - from.slope + theta) / (gamma - from.slope + gamma + to.slope), gamma};
}

// The interval in which the search looks, and the next step to try in it.
struct Bracket {
  Place best, other;
  bool closed = false;  // a minimum lies between best and other

  // Takes the trial in and answers the next step, inside [low, high]. The four cases are the paper's.
  double next_step(const Place& trial, double low, double high) {
    const bool slopes_differ = trial.slope * (best.slope / std::fabs(best.slope)) < 0;
    double next;
    if (trial.value > best.value) {
      const double by_cubic = best.step + cubic(best, trial, trial.step < best.step).ratio * (trial.step - best.step);
      const double secant = (best.value - trial.value) / (trial.step - best.step) + best.slope;
      const double by_parabola = best.step + best.slope / secant / 2 * (trial.step - best.step);
      next = std::fabs(by_cubic - best.step) < std::fabs(by_parabola - best.step)
                 ? by_cubic
                 : by_cubic + (by_parabola - by_cubic) / 2;
      closed = true;
    } else if (slopes_differ) {
      const double by_cubic = trial.step + cubic(trial, best, trial.step > best.step).ratio * (best.step - trial.step);
      const double by_secant = trial.step + trial.slope / (trial.slope - best.slope) * (best.step - trial.step);
      next = std::fabs(by_cubic - trial.step) > std::fabs(by_secant - trial.step) ? by_cubic : by_secant;
      closed = true;
    } else if (std::fabs(trial.slope) < std::fabs(best.slope)) {
      next = extrapolated(trial, low, high);
    } else if (closed) {
      next = trial.step + cubic(trial, other, trial.step > other.step).ratio * (other.step - trial.step);
    } else {
      next = trial.step > best.step ? high : low;
    }
    if (trial.value > best.value) {
      other = trial;
    } else {
      if (slopes_differ) other = best;
      best = trial;
    }
    return next;
  }

 private:
  double extrapolated(const Place& trial, double low, double high) const {
    const Cubic root = cubic(trial, best, trial.step > best.step);
    double by_cubic = trial.step > best.step ? high : low;
    if (root.ratio < 0 && root.gamma != 0) by_cubic = trial.step + root.ratio * (best.step - trial.step);
    const double by_secant = trial.step + trial.slope / (trial.slope - best.slope) * (best.step - trial.step);
    const bool cubic_nearer = std::fabs(by_cubic - trial.step) < std::fabs(by_secant - trial.step);
    if (!closed) return std::clamp(cubic_nearer ? by_secant : by_cubic, low, high);
    const double next = cubic_nearer ? by_cubic : by_secant;
    const double guard = trial.step + 0.66 * (other.step - trial.step);
    return trial.step > best.step ? std::min(guard, next) : std::max(guard, next);
  }
};

// Finds a step with enough fall (1e-3) and a slope flat enough (0.9); `at` gives the place at a step.
Place search_line(const std::function<Place(double)>& at, Place start, double step) {
  constexpr double kFall = 1e-3, kFlat = 0.9, kWidth = 0.1, kStepMax = 1e10;
  constexpr int kTrialsMax = 20;
  const double fall = kFall * start.slope;
  Bracket bracket{start, start};
  double low = 0, high = step + 4 * step, width = kStepMax, width_before = 2 * kStepMax;
  bool auxiliary = true;  // until a step falls enough and rises again, the search follows value - fall · step
  for (int trials = 1;; ++trials) {
    const Place trial = at(step);
    const double enough = start.value + step * fall;
    if (auxiliary && trial.value <= enough && trial.slope >= 0) auxiliary = false;
    const bool stuck = bracket.closed && (step <= low || step >= high || high - low <= kWidth * high);
    const bool good = trial.value <= enough && std::fabs(trial.slope) <= kFlat * -start.slope;
    const bool at_limit = step == kStepMax && trial.value <= enough && trial.slope <= fall;
    if (stuck || good || at_limit || trials == kTrialsMax) return trial;

    if (auxiliary && trial.value <= bracket.best.value && trial.value > enough) {
      auto tilted = [&](Place place, double sign) {
        return Place{place.step, place.value - sign * place.step * fall, place.slope - sign * fall};
      };
      bracket.best = tilted(bracket.best, 1), bracket.other = tilted(bracket.other, 1);
      step = bracket.next_step(tilted(trial, 1), low, high);
      bracket.best = tilted(bracket.best, -1), bracket.other = tilted(bracket.other, -1);
    } else {
      step = bracket.next_step(trial, low, high);
    }
    const double best = bracket.best.step, other = bracket.other.step;
    if (bracket.closed) {
      if (std::fabs(other - best) >= 0.66 * width_before) step = best + 0.5 * (other - best);
      width_before = std::exchange(width, std::fabs(other - best));
      low = std::min(best, other), high = std::max(best, other);
    } else {
      low = step + 1.1 * (step - best), high = step + 4 * (step - best);
    }
    step = std::clamp(step, 0.0, kStepMax);
    if (bracket.closed && (step <= low || step >= high || high - low <= kWidth * high)) step = best;
  }
}

// The last steps and how the gradient changed over each: what is known of the curvature.
struct Memory {
  struct Step {
    Vector move, change;
    double product;  // of the two
  };
  std::deque<Step> steps;

  Vector direction(Vector gradient) const {
    std::vector<double> shares(steps.size());
    for (size_t k = steps.size(); k-- > 0;) {
      shares[k] = dot(steps[k].move, gradient) / steps[k].product;
      for (size_t i = 0; i < gradient.size(); ++i) gradient[i] -= shares[k] * steps[k].change[i];
    }
    const double scale = steps.empty() ? 1 : steps.back().product / dot(steps.back().change, steps.back().change);
    for (double& g : gradient) g *= scale;
    for (size_t k = 0; k < steps.size(); ++k) {
      const double back = dot(steps[k].change, gradient) / steps[k].product;
      for (size_t i = 0; i < gradient.size(); ++i) gradient[i] += steps[k].move[i] * (shares[k] - back);
    }
    for (double& g : gradient) g = -g;
    return gradient;
  }
};

}  // namespace

Minimum minimise(const ValueAndGradient& function, std::vector<double> start, const MinimiseOptions& options) {
  constexpr double kCurvatureMin = 0x1p-52;
  Minimum out{std::move(start)};
  Vector gradient(out.x.size()), next_gradient(out.x.size()), next(out.x.size());
  out.value = function(out.x, gradient);
  Memory memory;
  while (largest(gradient) > options.gradient_max && out.iterations < options.iterations_max) {
    const Vector direction = memory.direction(gradient);
    const double slope = dot(gradient, direction);
    if (!(slope < 0)) return out;
    const double first_step = out.iterations == 0 ? std::min(1 / std::sqrt(dot(direction, direction)), 1e10) : 1;
    const auto at = [&](double step) {
      for (size_t i = 0; i < next.size(); ++i) next[i] = out.x[i] + step * direction[i];
      const double value = function(next, next_gradient);
      return Place{step, value, dot(next_gradient, direction)};
    };
    const Place found = search_line(at, {0, out.value, slope}, first_step);
    ++out.iterations;
    Memory::Step step{next, next_gradient, 0};
    for (size_t i = 0; i < next.size(); ++i) step.move[i] -= out.x[i], step.change[i] -= gradient[i];
    step.product = dot(step.move, step.change);
    const double before = std::exchange(out.value, found.value);
    out.x = next, gradient = next_gradient;
    if (before - out.value <= options.relative_fall_min * std::max({std::fabs(before), std::fabs(out.value), 1.0})) {
      out.settled = true;
      return out;
    }
    if (step.product > kCurvatureMin * -slope * found.step) {
      memory.steps.push_back(std::move(step));
      if (memory.steps.size() > options.memory) memory.steps.pop_front();
    }
  }
  out.settled = largest(gradient) <= options.gradient_max;
  return out;
}

}  // namespace puhui::models
