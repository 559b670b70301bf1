// SPDX-License-Identifier: Apache-2.0
// What comes from a bus: names, messages on the public board, credentials, versions, addresses.
#include "contest/bus/board.h"
#include "contest/bus/credentials.h"
#include "contest/bus/inproc.h"
#include "contest/bus/server_version.h"
#include "contest/bus/subject.h"
#include "fuzz.h"

FUZZ_TARGET(bytes) {
  using namespace sotto;
  const std::string text(fuzz::text_of(bytes));
  (void)contest::check_pattern(text).ok();
  (void)contest::matches(text, "public.board.n1");
  (void)contest::matches("public.*.>", text);
  (void)contest::parse_credentials(text).ok();
  (void)contest::parse_server_version(text).ok();
  (void)contest::parse_bus_url(text).ok();
  contest::InProcHub hub;
  const auto ours = hub.connect("red").value(), theirs = hub.connect("blue").value();
  auto board = contest::Board::open(*ours).value();
  const auto [name, message] = fuzz::two_parts(bytes);
  (void)theirs->publish("public.board." + std::string(fuzz::text_of(name)), message).ok();
  (void)theirs->publish("public.board.n1", bytes).ok();
  SOTTO_CHECK(board.hear(std::chrono::milliseconds(1)).ok());
  for (const auto& score : board.scores(std::chrono::milliseconds(2))) SOTTO_CHECK(score.team == "blue" && contest::is_word(score.node));
}
