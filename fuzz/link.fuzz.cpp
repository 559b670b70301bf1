// SPDX-License-Identifier: Apache-2.0
// Share links of other players.
#include "fuzz.h"
#include "sound/share/link.h"

FUZZ_TARGET(bytes) {
  using namespace sotto;
  const auto song = sound::read_link(fuzz::text_of(bytes));
  if (!song.ok()) return;
  (void)sound::dollchan_link(*song).ok();
  (void)sound::html5bytebeat_link(*song).ok();
}
