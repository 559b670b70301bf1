// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/rate.h"

#include <algorithm>
#include <charconv>

#include "contest/llm/verdict.h"

namespace sotto::contest {
namespace {

constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kWindowMs = 10'000;
constexpr unsigned kFull = 1000, kLeast = 20, kRaise = 10;
constexpr int64_t kSameRefusalMs = 1000;  // answers to one burst halve the rate once
constexpr uint64_t kMostLimit = 1'000'000'000;
constexpr uint64_t kLeastLearned = 30;    // requests per minute
constexpr int64_t kLeastWindowMs = 1000;

uint64_t number(const std::map<std::string, std::string>& headers, const std::string& name) {
  const auto it = headers.find(name);
  uint64_t value = 0;
  if (it == headers.end()) return 0;
  const auto [end, error] = std::from_chars(it->second.data(), it->second.data() + it->second.size(), value);
  return error == std::errc{} && value <= kMostLimit ? value : 0;
}

bool says_none_left(const std::map<std::string, std::string>& headers, const std::string& name) {
  const auto it = headers.find(name);
  return it != headers.end() && it->second == "0";
}

}  // namespace

int64_t RateLimiter::Bucket::capacity() const {
  return std::max<int64_t>(static_cast<int64_t>(limit) * 1000 * kWindowMs / kMinuteMs, 1000);
}

void RateLimiter::Bucket::set(uint64_t per_minute, int64_t now_ms) {
  if (per_minute == limit) return;
  const bool first = limit == 0;
  limit = per_minute;
  level = first ? capacity() : std::min(level, capacity());
  filled_ms = now_ms;
}

void RateLimiter::Bucket::fill(int64_t now_ms, unsigned throttle) {
  const int64_t passed = std::clamp<int64_t>(now_ms - filled_ms, 0, kMinuteMs);
  // thousandths per millisecond: limit * 1000 / 60,000, times throttle / 1000
  const int64_t gain = passed * static_cast<int64_t>(limit) * throttle / kMinuteMs;
  if (gain == 0 && passed < kWindowMs) return;  // what is less than a thousandth must not get lost
  level = std::min(level + gain, capacity());
  filled_ms = now_ms;
}

// A request larger than the bucket goes when the bucket is full, and leaves it in debt.
uint64_t RateLimiter::Bucket::wait_ms(uint64_t amount, unsigned throttle) const {
  if (limit == 0) return 0;
  const int64_t need = std::min<int64_t>(static_cast<int64_t>(std::min(amount, kMostLimit)) * 1000, capacity());
  if (level >= need) return 0;
  const int64_t rate = std::max<int64_t>(static_cast<int64_t>(limit) * throttle, 1);
  return static_cast<uint64_t>((need - level) * kMinuteMs / rate + 1);
}

RateLimiter::RateLimiter(unsigned requests_per_minute, unsigned tokens_per_minute) {
  requests_.set(requests_per_minute, 0);
  tokens_.set(tokens_per_minute, 0);
  requests_.given = requests_per_minute != 0;
  tokens_.given = tokens_per_minute != 0;
}

uint64_t RateLimiter::wait_ms(uint64_t tokens, int64_t now_ms) {
  requests_.fill(now_ms, throttle_);
  tokens_.fill(now_ms, throttle_);
  const uint64_t blocked = blocked_until_ms_ > now_ms ? static_cast<uint64_t>(blocked_until_ms_ - now_ms) : 0;
  return std::max({blocked, requests_.wait_ms(1, throttle_), tokens_.wait_ms(tokens, throttle_)});
}

void RateLimiter::sent(uint64_t tokens, int64_t now_ms) {
  if (requests_.limit) requests_.level -= 1000;
  if (tokens_.limit) tokens_.level -= static_cast<int64_t>(std::min(tokens, kMostLimit)) * 1000;
  if (now_ms - window_start_ms_ >= kMinuteMs) {
    window_start_ms_ = now_ms;
    window_sent_ = 0;
  }
  window_sent_++;
}

void RateLimiter::heard_headers(const std::map<std::string, std::string>& headers, int64_t now_ms) {
  for (const bool request : {true, false}) {
    Bucket& bucket = request ? requests_ : tokens_;
    const std::string kind = request ? "requests" : "tokens";
    if (const uint64_t limit = number(headers, "x-ratelimit-limit-" + kind); limit && !bucket.given) bucket.set(limit, now_ms);
    // What others with the same key have used up counts as well.
    if (bucket.limit && headers.contains("x-ratelimit-remaining-" + kind)) {
      const int64_t left = static_cast<int64_t>(number(headers, "x-ratelimit-remaining-" + kind)) * 1000;
      bucket.level = std::min(bucket.level, left);
    }
    if (!says_none_left(headers, "x-ratelimit-remaining-" + kind)) continue;
    const auto reset = headers.find("x-ratelimit-reset-" + kind);
    if (reset == headers.end()) continue;
    if (const auto ms = parse_duration_ms(reset->second); ms && *ms <= kLongestWaitMs)
      blocked_until_ms_ = std::max(blocked_until_ms_, now_ms + static_cast<int64_t>(*ms));
  }
}

void RateLimiter::succeeded() { throttle_ = std::min(throttle_ + kRaise, kFull); }

void RateLimiter::refused(uint64_t wait_ms, int64_t now_ms) {
  blocked_until_ms_ = std::max(blocked_until_ms_, now_ms + static_cast<int64_t>(std::min(wait_ms, kLongestWaitMs)));
  if (last_refusal_ms_ >= 0 && now_ms - last_refusal_ms_ < kSameRefusalMs) return;
  last_refusal_ms_ = now_ms;
  throttle_ = std::max(throttle_ / 2, kLeast);
  // A server that does not name its limit has just shown it: the rate of the last minute, or of what there was of it.
  const int64_t passed = std::clamp(now_ms - window_start_ms_, kLeastWindowMs, kMinuteMs);
  if (requests_.limit == 0) requests_.set(std::max(window_sent_ * kMinuteMs / static_cast<uint64_t>(passed), kLeastLearned), now_ms);
}

}  // namespace sotto::contest
