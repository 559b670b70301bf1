// SPDX-License-Identifier: Apache-2.0
#include "zk/sumcheck/libra_mask.h"

namespace sotto::zk {

std::vector<Fr> LibraMask::draw(unsigned variables, unsigned degree, const std::function<Fr()>& next) {
  std::vector<Fr> z(mask_row(variables, 0, 0));
  for (unsigned i = 0; i < variables; i++)
    for (unsigned e = 0; e <= degree; e++)
      for (unsigned share = 0; share < 2; share++) z[mask_row(i, e, share)] = next();
  return z;
}

Fr LibraMask::both_ends(unsigned variable) const {
  Fr v = coefficient(variable, 0);
  for (unsigned e = 0; e <= degree_; e++) v += coefficient(variable, e);
  return v;
}

Fr LibraMask::value(unsigned variable, const Fr& x) const {
  Fr v;
  for (unsigned e = degree_ + 1; e-- > 0;) v = v * x + coefficient(variable, e);
  return v;
}

Fr LibraMask::sum() const {
  Fr ends;
  for (unsigned i = 0; i < n_; i++) ends += both_ends(i);
  return Fr(uint64_t{2}).pow(uint64_t{n_ - 1}) * ends;
}

std::vector<Fr> LibraMask::weights_at(PointSpan u, const Fr& scale) const {
  std::vector<Fr> w(z_.size());
  for (unsigned i = 0; i < n_; i++) {
    Fr power = scale;
    for (unsigned e = 0; e <= degree_; e++, power *= u[i])
      for (unsigned share = 0; share < 2; share++) w[mask_row(i, e, share)] = power;
  }
  return w;
}

// sum_{i,e} u_i^e eq(e, x_1 .. x_3) eq(i, x_4 ..): the share's bit x_0 takes both values.
Fr LibraMask::weight_at(PointSpan u, PointSpan x, unsigned degree) {
  const std::vector<Fr> exponents = eq_table(x.subspan(1, 3));
  Fr sum;
  for (unsigned i = 0; i < u.size(); i++) {
    Fr row;
    for (unsigned e = degree + 1; e-- > 0;) row = row * u[i] + exponents[e];
    sum += row * eq_index(x.subspan(4), i);
  }
  return sum;
}

LibraRounds::LibraRounds(LibraMask mask, const Fr& rho, std::function<unsigned(unsigned)> variable)
    : mask_(mask), variable_(std::move(variable)), half_(Fr(uint64_t{2}).inverse()) {
  scale_ = rho * Fr(uint64_t{2}).pow(uint64_t{mask_.variables() - 1});
  for (unsigned i = 0; i < mask_.variables(); i++)
    if (i != variable_(0)) rest_ += mask_.both_ends(i);
}

void LibraRounds::add_round(std::span<Fr> coefficients) const {
  for (unsigned e = 0; e <= mask_.degree(); e++) coefficients[e] += scale_ * mask_.coefficient(variable_(round_), e);
  coefficients[0] += scale_ * (done_ + half_ * rest_);
}

void LibraRounds::bind(const Fr& x) {
  done_ += mask_.value(variable_(round_), x);
  scale_ *= half_;
  if (++round_ < mask_.variables()) rest_ -= mask_.both_ends(variable_(round_));
}

}  // namespace sotto::zk
