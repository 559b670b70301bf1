// SPDX-License-Identifier: Apache-2.0
// How fast may we ask? Token buckets for requests and for tokens, filled at the limits that the server names or the user sets;
// halved when the server says 429, and slowly raised again (AIMD). Time comes from the caller, in milliseconds.
#pragma once
#include <cstdint>
#include <map>
#include <string>

namespace sotto::contest {

class RateLimiter {
 public:
  // Limits per minute; 0: not known, learned from headers or from the rate at which a 429 came.
  RateLimiter(unsigned requests_per_minute, unsigned tokens_per_minute);

  // Milliseconds until a request of so many tokens may be sent; 0: now.
  uint64_t wait_ms(uint64_t tokens, int64_t now_ms);
  // It is sent. Failed requests count as well.
  void sent(uint64_t tokens, int64_t now_ms);

  void heard_headers(const std::map<std::string, std::string>& headers, int64_t now_ms);
  void succeeded();
  // 429; nothing is sent for `wait_ms`.
  void refused(uint64_t wait_ms, int64_t now_ms);

  // Share of the limit that is used, in thousandths.
  unsigned throttle() const { return throttle_; }

 private:
  // Level in thousandths of a unit. Limits act on windows of less than a minute, so a bucket holds ten seconds' worth.
  struct Bucket {
    uint64_t limit = 0;   // per minute; 0: none
    int64_t level = 0;
    int64_t filled_ms = 0;
    bool given = false;   // by the user: headers do not change it

    void set(uint64_t per_minute, int64_t now_ms);
    void fill(int64_t now_ms, unsigned throttle);
    int64_t capacity() const;
    uint64_t wait_ms(uint64_t amount, unsigned throttle) const;
  };

  Bucket requests_, tokens_;
  unsigned throttle_ = 1000;
  int64_t blocked_until_ms_ = 0;
  int64_t window_start_ms_ = 0;     // of the count below
  uint64_t window_sent_ = 0;
  int64_t last_refusal_ms_ = -1;
};

}  // namespace sotto::contest
