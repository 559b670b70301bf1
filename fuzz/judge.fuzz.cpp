// SPDX-License-Identifier: Apache-2.0
// *.judge files. What is accepted is written back byte for byte.
#include <algorithm>

#include "fuzz.h"
#include "judge/net/network.h"

FUZZ_TARGET(bytes) {
  using namespace sotto;
  const auto network = judge::decode_judge(bytes);
  if (!network.ok()) return;
  const Bytes again = judge::encode_judge(*network);
  SOTTO_CHECK(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
}
