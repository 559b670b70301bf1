// SPDX-License-Identifier: Apache-2.0
// What parent and agent say to each other, and what lies in an agent's store: either may be hostile. What is accepted is
// understood again, and the same, once it is written back.
#include "contest/secrecy/record.h"
#include "contest/swarm/wire.h"
#include "fuzz.h"

FUZZ_TARGET(bytes) {
  using namespace sotto;
  if (const auto order = contest::decode_order(bytes); order.ok()) {
    const Bytes once = contest::encode(*order);
    SOTTO_CHECK(contest::encode(contest::decode_order(once).value()) == once);
  }
  if (const auto report = contest::decode_report(bytes); report.ok()) {
    const Bytes once = contest::encode(*report);
    SOTTO_CHECK(contest::encode(contest::decode_report(once).value()) == once);
  }
  (void)contest::decode_slot(1, bytes).ok();
}
