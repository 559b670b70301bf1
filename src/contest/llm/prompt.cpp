// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/prompt.h"

#include <algorithm>
#include <cstdio>

#include "contest/llm/hint.h"
#include "contest/llm/language.h"

namespace sotto::contest {
namespace {

constexpr size_t kShownDeaths = 6;
constexpr size_t kShownDeathSource = 160;
constexpr size_t kShownHint = 240;

constexpr GeneExample kGeneBank[] = {
    {"t*3", "a saw at 94 Hz; t*4, t*5, t*6 lie a fourth, a sixth and an octave above"},
    {"t*2&128", "a square wave, low and hollow"},
    {"(t*3&255)>>1", "the same saw at half the volume, ready to be added to another"},
    {"t*4^t*5", "two pitches beating against each other, bright"},
    {"t*6&t>>6", "a pitch cut by a slow ramp: a moving timbre"},
    {"t*(5&t>>12)", "an arpeggio of the bits of 5, a step each half second"},
    {"t*((t>>11&3)+2)", "four harmonics climbing"},
    {"t*[8,9,10,12,15,12,10,9][t>>11&7]>>3", "a melody of eight notes"},
    {"t*[4,4,5,6][t>>14&3]>>1&127", "a slow bass line at half volume"},
    {"t>>4&t>>7", "a fractal rhythm of clicks"},
    {"t*5&(t>>9|t>>12)", "a gated voice whose gate opens in patterns"},
    {"(t*9&t>>4)+(t*5&t>>7)>>1", "two gated voices mixed"},
    {"t*t>>9", "a chirp that starts anew again and again"},
    {"t*(255-(t>>3&255))>>8", "a note that fades every quarter second"},
    {"(t*4&255)*(255-(t>>2&255))>>8", "a plucked tone, eight a second"},
    {"(t&4095)<512?t*t>>7:0", "a drum: a short burst at the start of each beat"},
    {"80000/((t&4095)+40)&64", "a kick drum: a pitch that falls"},
    {"(t*t%251)*((t&8191)<1024)>>1", "a hiss on every second beat"},
    {"t*(1+(t>>14&1))", "a section that jumps an octave"},
    {"(t>>15&1?t*3:t*4)&t>>5", "two sections, two chords"},
    {"t%85+t%57", "two saws with periods of their own, slightly out of tune"},
    {"(t*3+(t>>6)^t*5)&127", "slow phasing between a fifth's partials"},
    {"(t*4>>(t>>13&3))&63", "octaves falling one by one"},
    {"((t*6&255)+(t*9&255)+(t*12&255))/3", "a chord"},
};

// One line of the prompt must stay one line.
std::string line_of(std::string_view text, size_t limit) {
  std::string out;
  for (const char c : text.substr(0, limit)) out += static_cast<unsigned char>(c) < ' ' || c == 0x7f ? ' ' : c;
  return out;
}

std::string grammar_text() {
  std::string out = "t | integer | (e)";
  for (const LanguageForm& form : language_forms()) out += std::string(" | ") + form.text;
  return out;
}

std::string bank_text() {
  std::string out;
  for (const GeneExample& gene : kGeneBank) out += std::string(" ") + gene.formula + "   " + gene.sound + "\n";
  return out;
}

std::string operator_text() {
  std::string out;
  for (const LlmOperator& op : kLlmOperators) out += std::string(" ") + op.name + ": " + op.meaning + ".\n";
  return out;
}

std::string make_system_prompt() {
  const std::string notes = std::to_string(kMaxNotes);
  return
      "You are a genetic algorithm. You are not a chat assistant. Your population is bytebeat formulas, your alphabet is the grammar "
      "below, and your only objective is to raise the score.\n"
      "RENDER: for t = 0..79999 at 8000 Hz the sample is the low 8 bits of f(t): 10 seconds, mono. All values are 32-bit integers "
      "that wrap around. x/y truncates toward zero, x/0 = x%0 = 0, % has the sign of x, shift counts use their low 5 bits, >> keeps "
      "the sign, >>> does not, comparisons give 0 or 1.\n"
      "GRAMMAR, e is an expression, n an integer, precedence as in C: " + grammar_text() + "\n"
      " Arrays hold 2, 4, 8 or 16 integers (at most " + notes + " in a formula); mask the index: [1,2,3,4][t>>13&3]. "
      "cos is written as sin is. random() is noise, a new fraction from 0 to 1 for each t, at 5 instructions: random()*64. Nothing "
      "else: no other function, float, name or assignment.\n"
      "LENGTH: every operator is one instruction; a formula with more than the limit of the population dies.\n"
      "SCORE: 0 to 10, from a fixed neural judge of audio aesthetics. Silence, one endless tone and white noise score low.\n"
      "MUSICAL GENES: t*k is a pitch; t>>n is a slow clock (t>>13 about 1 s, t>>10 about 1/8 s); a&b>>c gates a rhythm; %k loops; "
      "t*(k&t>>n) is an arpeggio; t*[8,9,10,12][t>>12&3]>>3 is a melody; (x&127)+(y&127) mixes voices; x*(255-(t>>4&255))>>8 is an "
      "envelope; ^ adds harmonics; the ratios 2,3,4,5,6,8,9,10,12,15 are consonant.\n"
      "GENE BANK, fragments to build from and never a child as they are\n" + bank_text() +
      "OPERATORS\n" + operator_text() +
      "RULES\n"
      " Answer with exactly the children that are ordered, in that order, each with its operator and its parents' ids.\n"
      " Every child differs in sound from every parent and from every other child, not only in text.\n"
      " Copy what high scores share, drop what low scores share. Do not repeat the recent deaths.\n"
      " Never explain. Answer with JSON only: {\"children\":[{\"op\":\"mutate_const\",\"parents\":[1],\"f\":\"t*5&t>>7\"}]}\n";
}

std::string schema_text() {
  std::string ops;
  for (const LlmOperator& op : kLlmOperators) ops += (ops.empty() ? "\"" : ",\"") + std::string(op.name) + '"';
  // The strictest subset that all servers take: every field required, nothing else allowed, no limits on length or number.
  return "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"children\"],\"properties\":{\"children\":"
         "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"op\",\"parents\",\"f\"],"
         "\"properties\":{\"op\":{\"type\":\"string\",\"enum\":[" + ops + "]},"
         "\"parents\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}},\"f\":{\"type\":\"string\"}}}}}}";
}

std::string specimen_line(size_t id, const Specimen& s) {
  char head[80];
  std::snprintf(head, sizeof head, "%zu\t%.2f\t%u\t%u\t%u\t", id, s.score, unsigned{s.brightness}, unsigned{s.motion}, s.instructions);
  return head + line_of(s.source, s.source.size()) + '\n';
}

std::string order_text(const ChildOrder& order) {
  std::string out = kLlmOperators[static_cast<unsigned>(order.op)].name;
  for (size_t i = 0; i < order.parents.size(); i++) {
    out += i ? ',' : '(';
    out += std::to_string(order.parents[i]);
  }
  if (!order.parents.empty()) out += ')';
  return out;
}

}  // namespace

void sort_specimens(std::vector<Specimen>& specimens) {
  std::sort(specimens.begin(), specimens.end(), [](const Specimen& a, const Specimen& b) {
    return a.score != b.score ? a.score < b.score : a.source < b.source;
  });
}

std::string user_prompt(const PromptInput& input) {
  std::string out = "GENERATION " + std::to_string(input.generation) + "  STAGNATION " + std::to_string(input.stagnation) + "  LIMIT " +
                    std::to_string(input.max_instructions) + " instructions\n";
  out += "PARENTS (id, score, brightness 0-7, motion 0-7, instructions, formula), worst first, best last\n";
  for (size_t i = 0; i < input.specimens.size(); i++) out += specimen_line(i + 1, input.specimens[i]);
  if (input.specimens.empty()) out += "none yet\n";
  const size_t deaths = std::min(kShownDeaths, input.deaths.size());
  if (deaths) out += "RECENT DEATHS (formula, reason)\n";
  for (size_t i = input.deaths.size() - deaths; i < input.deaths.size(); i++)
    out += line_of(input.deaths[i].source, kShownDeathSource) + '\t' + line_of(input.deaths[i].reason, kShownDeathSource) + '\n';
  const std::string hint = input.hint.empty() ? hint_of(input.specimens) : input.hint;
  if (!hint.empty()) out += "HINT: " + line_of(hint, kShownHint) + '\n';
  out += "CHILDREN N=" + std::to_string(input.orders.size()) + ':';
  for (const ChildOrder& order : input.orders) out.append(1, ' ').append(order_text(order));
  return out + '\n';
}

std::span<const GeneExample> gene_bank() { return kGeneBank; }

std::string_view system_prompt() {
  static const std::string text = make_system_prompt();
  return text;
}

const std::string& answer_schema() {
  static const std::string text = schema_text();
  return text;
}

}  // namespace sotto::contest
