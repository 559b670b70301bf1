// SPDX-License-Identifier: Apache-2.0
#include "contest/arena/view.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "contest/arena/score_text.h"

namespace sotto::contest {
namespace {

constexpr const char* kBold = "1";
constexpr const char* kGreen = "32";
constexpr const char* kDim = "2";
constexpr auto kLiveEvery = std::chrono::milliseconds(100), kPlainEvery = std::chrono::milliseconds(10'000);

bool set(const char* name) {
  const char* value = std::getenv(name);
  return value && *value;
}

bool says_utf8(const char* name) {
  const char* value = std::getenv(name);
  return value && (std::strstr(value, "UTF-8") || std::strstr(value, "utf8") || std::strstr(value, "utf-8"));
}

std::string padded(std::string text, size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

std::string seconds_text(std::chrono::steady_clock::duration d) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(d).count()) + " s";
}

}  // namespace

ViewStyle ViewStyle::detect() {
  ViewStyle style;
  const char* term = std::getenv("TERM");
  style.live = isatty(STDERR_FILENO) && term && std::strcmp(term, "dumb") != 0;
  style.colour = style.live && !set("NO_COLOR");
  style.unicode = set("LC_ALL") ? says_utf8("LC_ALL") : set("LC_CTYPE") ? says_utf8("LC_CTYPE") : says_utf8("LANG");
  style.measure();
  return style;
}

bool ViewStyle::measure() {
  winsize size{};
  if (!live || ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return false;
  const bool changed = columns != size.ws_col || rows != size.ws_row;
  columns = size.ws_col;
  rows = size.ws_row;
  return changed;
}

std::string fitted(std::string_view line, size_t columns) {
  std::string out;
  size_t taken = 0;
  for (size_t i = 0; i < line.size();) {
    size_t end = i + 1;
    if (line[i] == '\x1b') {  // ESC [ ... m
      while (end < line.size() && line[end - 1] != 'm') ++end;
    } else {
      while (end < line.size() && (line[end] & 0xc0) == 0x80) ++end;
      if (++taken > columns) {
        i = end;
        continue;
      }
    }
    out.append(line.substr(i, end - i));
    i = end;
  }
  return out;
}

std::string View::paint(std::string_view text, const char* code) const {
  if (!style_.colour) return std::string(text);
  std::string out = "\x1b[";
  out.append(code).append("m").append(text).append("\x1b[0m");
  return out;
}

void View::say(std::string_view line) {
  close_block();
  std::fprintf(out_, "%.*s\n", static_cast<int>(line.size()), line.data());
  std::fflush(out_);
}

// Rewrites the live block in place.
void View::draw(const std::vector<std::string>& lines) {
  if (block_lines_ > 0) std::fprintf(out_, "\x1b[%uA", block_lines_);
  for (const std::string& line : lines)  // a line that wraps would break the block
    std::fprintf(out_, "\r\x1b[K%s\n", fitted(line, style_.columns > 1 ? style_.columns - 1 : 1).c_str());
  std::fprintf(out_, "\x1b[J");
  block_lines_ = static_cast<unsigned>(lines.size());
  std::fflush(out_);
}

void View::resize(const ViewStyle& style) {
  style_ = style;
  if (block_lines_ > 0) std::fprintf(out_, "\x1b[H\x1b[2J");
  block_lines_ = 0;
}

// What stands in the block stays on the screen; what comes goes below.
void View::close_block() { block_lines_ = 0; }

std::string View::agent_line(const Standing& s, bool leads, uint32_t target, uint32_t unit) const {
  std::string line = "  agent " + padded(std::to_string(s.agent), 2);
  if (!s.alive) return paint(line + "  gone: " + s.fault.substr(0, 50), kDim);
  const std::string best = "  best " + padded(score_text(s.best, unit), 6);
  line += leads ? paint(best, s.best >= target ? kGreen : kBold) : best;
  line += "  last " + padded(score_text(s.last, unit), 6) + "  " + trends_[s.agent].text(target, style_.unicode);
  line += "  " + padded(with_commas(s.songs), 7) + " songs";
  return s.late_ms > 0 && style_.columns > 90 ? line + paint("  late " + std::to_string(s.late_ms) + " ms", kDim) : line;
}

void View::standings(const std::vector<Standing>& agents, uint32_t slot, uint32_t target, uint32_t unit) {
  trends_.resize(agents.size());
  for (size_t i = 0; i < agents.size(); ++i) trends_[i].add(agents[i].best);
  const auto leader = std::max_element(agents.begin(), agents.end(), [](const Standing& a, const Standing& b) { return a.best < b.best; });
  if (leader == agents.end()) return;
  const bool news = leader->best > best_said_, done = leader->best >= target;
  const auto now = Clock::now();
  if (now - drawn_ < (style_.live ? kLiveEvery : kPlainEvery) && !(news && !style_.live) && !done) return;
  drawn_ = now;
  best_said_ = leader->best;
  uint64_t songs = 0;
  for (const Standing& s : agents) songs += s.songs;
  const std::string head = "slot " + std::to_string(slot) + ", " + seconds_text(now - start_) + ": best " + score_text(leader->best, unit) +
                           " by agent " + std::to_string(leader->agent) + ", target " + score_text(target, unit) + ", " +
                           with_commas(songs) + " songs";
  if (!style_.live) return say("  " + head);
  std::vector<std::string> lines{paint(head, kBold)};
  const size_t shown = std::min<size_t>(agents.size(), style_.rows > 6 ? style_.rows - 4 : 2);
  for (size_t i = 0; i < shown; ++i) lines.push_back(agent_line(agents[i], &agents[i] == &*leader, target, unit));
  if (shown < agents.size()) lines.push_back("  and " + std::to_string(agents.size() - shown) + " more");
  draw(lines);
}

void View::progress(std::string_view what, std::string_view stage, double fraction) {
  const auto now = Clock::now();
  const bool done = fraction >= 1;
  if (done && finished_ == what) return;
  finished_ = done ? what : "";
  if (!done && now - drawn_ < (style_.live ? kLiveEvery : kPlainEvery)) return;
  drawn_ = now;
  const auto percent = static_cast<unsigned>(std::clamp(fraction, 0.0, 1.0) * 100);
  std::string line = std::string(what) + " " + padded(std::to_string(percent), 3) + " %";
  if (!style_.live) return say("  " + line + (stage.empty() ? "" : "  " + std::string(stage)));
  const unsigned full = percent * 30 / 100;
  line += "  [" + std::string(full, '#') + std::string(30 - full, '.') + "]  " + std::string(stage.substr(0, 40));
  draw({line});
  if (done) close_block();
}

}  // namespace sotto::contest
