// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/children.h"

#include <gtest/gtest.h>

#include "contest/llm/answer_text.h"
#include "contest/llm/formula_repair.h"
#include "contest/llm/language.h"
#include "contest/llm/operators.h"
#include "contest/llm/prompt.h"
#include "contest/mind/rng.h"
#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/random_program.h"
#include "sound/bytebeat/render.h"

namespace sotto::contest {
namespace {

sound::Samples play(const std::string& source) {
  const auto program = sound::compile(source);
  EXPECT_TRUE(program.ok()) << source << ": " << program.error().message;
  return program ? sound::render(*program) : sound::Samples{};
}

std::vector<LlmChild> read(const std::string& answer) { return read_children(answer); }

// The only child of an answer; its genome plays what `source` plays.
void expect_child(const std::string& written, const std::string& source, bool repaired) {
  const auto brood = read("{\"children\":[{\"op\":\"fresh\",\"parents\":[],\"f\":\"" + written + "\"}]}");
  ASSERT_EQ(brood.size(), 1u) << written;
  ASSERT_TRUE(brood[0].genome.ok()) << written << ": " << brood[0].genome.error().message;
  EXPECT_EQ(play(to_source(*brood[0].genome)), play(source)) << written << " became " << to_source(*brood[0].genome);
  EXPECT_EQ(brood[0].repaired, repaired) << written;
}

std::string death_of(const std::string& written) {
  const auto brood = read("{\"children\":[{\"op\":\"fresh\",\"parents\":[],\"f\":\"" + written + "\"}]}");
  EXPECT_EQ(brood.size(), 1u);
  if (brood.size() != 1 || brood[0].genome.ok()) return "it lives";
  return brood[0].genome.error().message;
}

// Puts sub-expressions into a form: "e+e" -> "(t*3)+(t>>4)".
std::string example_of(std::string form) {
  static const char* const kParts[] = {"(t*3)", "(t>>4)", "(t>>9)"};
  std::string out;
  unsigned next = 0;
  const auto is_letter = [&](size_t i) { return i < form.size() && std::isalpha(static_cast<unsigned char>(form[i])); };
  for (size_t i = 0; i < form.size(); i++) {
    const bool part_of_name = is_letter(i) && (is_letter(i - 1) || is_letter(i + 1));
    if (form[i] == 'e' && !part_of_name) out += kParts[next++];
    else if (form[i] == 'n' && !part_of_name) out += std::to_string(7 + 5 * out.size());
    else out += form[i];
  }
  return out;
}

// A row's pattern with the same sub-expressions as genes.
std::string genes_of_example(const std::string& genes, const std::string& form) {
  std::string out;
  for (const char c : genes) out += c == 'a' ? "* t #3" : c == 'b' ? ">> t #4" : c == 'c' ? ">> t #9" : std::string(1, c);
  if (form.find('[') == std::string::npos) return out;
  const auto program = sound::compile(example_of(form));
  out += " @";
  for (size_t i = 0; i < program->table.size(); i++) out.append(i ? 1 : 0, ',').append(std::to_string(program->table[i]));
  return out;
}

TEST(Language, EveryFormOfThePromptMeansItsPatternAndIsRead) {
  for (const LanguageForm& form : language_forms()) {
    std::string source = example_of(form.text);
    // Beyond its end an array gives 0 in the song's language and begins again in a genome: the prompt says to mask the index.
    if (form.op == sound::Op::kLookup) source = "[7,12,17,22][(t*3)&3]";
    std::string genes = genes_of_example(form.genes, form.text);
    if (form.op == sound::Op::kLookup) genes = "note & * t #3 #3 @7,12,17,22";
    const auto genome = decode_genome(genes);
    ASSERT_TRUE(genome.ok()) << genes;
    EXPECT_EQ(play(to_source(*genome)), play(source)) << form.text << " against " << genes;
    expect_child(source, source, false);
    EXPECT_NE(system_prompt().find(std::string(" | ") + form.text), std::string_view::npos) << form.text;
  }
}

TEST(Language, EveryOperationOfAProgramHasAForm) {
  for (unsigned op = 0; op < sound::kOpCount; op++) {
    unsigned rows = 0;
    for (const LanguageForm& form : language_forms()) rows += form.op == static_cast<sound::Op>(op);
    EXPECT_EQ(rows, 1u) << sound::kOpNames[op];
  }
}

// What the prompt says of functions beside its table of forms.
TEST(Language, CosAndNoiseAreRead) {
  for (const char* song : {"100*cos(t*PI/128)", "random()*64", "(t*3&63)+random()*(64-(t>>6&63))"})
    expect_child(song, song, false);
  EXPECT_NE(system_prompt().find("cos is written as sin is"), std::string_view::npos);
  EXPECT_NE(system_prompt().find("random()*64"), std::string_view::npos);
  EXPECT_EQ(system_prompt().find("lethal"), std::string_view::npos);
}

TEST(Language, GenomesOfThePoolComeBackUnchangedInSound) {
  unsigned read_back = 0;
  for (const char* song : {"t*(((t>>12)|(t>>8))&(63&(t>>4)))", "(t*5&t>>7)|(t*3&t>>10)", "t*(t>>11&t>>8&123&t>>3)", "t*(42&t>>10)",
                           "((t<<1)^((t<<1)+(t>>7)&t>>12))|t>>(4-(1^7&(t>>19)))|t>>7", "t>>4|t&((t>>5)/(t>>7-(t>>15)&-t>>7-(t>>15)))",
                           "((t*(\\\"36364689\\\"[t>>13&7]&15))/12&128)+(((((t>>12)^(t>>12)-2)%11*t)/4|t>>13)&127)",
                           "a=t>>4,b=a*3,a+b^t*5&128", "f=(x,n=3)=>x*n&127,f(t)+f(t>>1,5)", "t*1.5&t>>8", "t*(t&4096?6:t&8192?4:5)"}) {
    std::string source = song;
    for (size_t at; (at = source.find('\\')) != std::string::npos;) source.erase(at, 1);
    expect_child(song, source, false);
    read_back++;
  }
  EXPECT_EQ(read_back, 11u);
}

TEST(Repair, MendsWhatIsPlain) {
  expect_child("3t&t>>7", "3*t&t>>7", true);
  expect_child("t(t>>8)", "t*(t>>8)", true);
  expect_child("(t>>3)(t>>9)", "(t>>3)*(t>>9)", true);
  expect_child("(t>>3)&(t*(t>>9", "(t>>3)&(t*(t>>9))", true);
  expect_child("t*5&t>>7)", "t*5&t>>7", true);
  expect_child("f(t) = t*5 & t>>7;", "t*5&t>>7", true);
  expect_child("return t*5&t>>7", "t*5&t>>7", false);
  expect_child("`t*5&t>>7`", "t*5&t>>7", true);
  expect_child("t×5 ∧ t≫7", "t*5&t>>7", true);
  expect_child("t//3&t>>7", "t/3&t>>7", true);
  expect_child("t*5 XOR t>>7", "t*5^t>>7", true);
  expect_child("(unsigned)(t*5)&t>>7", "t*5&t>>7", true);
  expect_child("t*5&t>>7&", "t*5&t>>7", true);
}

TEST(Repair, LeavesTheLanguageAlone) {
  expect_child("t*1.5&t>>8", "t*1.5&t>>8", false);
  expect_child("t>>>3&t>>8", "t>>>3&t>>8", false);
  expect_child("Math.floor(t/3)&t>>8", "(t/3)&t>>8", false);
  expect_child("0x1F&t>>4", "31&t>>4", false);
  EXPECT_EQ(repair_formula("0x3t"), "0x3t");
}

TEST(Repair, NeverLeavesBracketsOpenOnAnyInput) {
  Rng rng(1, 2, 3, 4);
  const std::string letters = "t()[]{}\"'+-*/%&|^<>=!~?:,; 0123456789abcx.`\\\n";
  for (int i = 0; i < 3000; i++) {
    std::string text;
    for (uint32_t n = rng.below(40); n > 0; n--) text += letters[rng.below(static_cast<uint32_t>(letters.size()))];
    const std::string once = repair_formula(text);
    EXPECT_LE(once.size(), 2 * text.size() + 40);
    (void)sound::compile(once);
  }
}

TEST(Children, DeathsHaveReasons) {
  EXPECT_NE(death_of("t*sqrt(t)").find("sqrt"), std::string::npos);
  EXPECT_NE(death_of("t*foo").find("foo"), std::string::npos);
  EXPECT_NE(death_of("42&7").find("constant"), std::string::npos);
  EXPECT_NE(death_of("t*fill(3)").find("fill"), std::string::npos);
  EXPECT_NE(death_of("t").find("nothing but t"), std::string::npos);
  EXPECT_NE(death_of(std::string(3000, 't')).find("too long"), std::string::npos);
}

TEST(Children, WhatIsTooLongIsCutToItsLargestPartThatFits) {
  std::string song = "(t*3&t>>5)";
  for (int i = 0; i < 20; i++) song += "^(t*" + std::to_string(5 + 2 * i) + "&t>>" + std::to_string(3 + i % 9) + ")";
  const auto brood = read("{\"children\":[{\"op\":\"graft\",\"parents\":[2],\"f\":\"" + song + "\"}]}");
  ASSERT_EQ(brood.size(), 1u);
  ASSERT_TRUE(brood[0].genome.ok()) << brood[0].genome.error().message;
  EXPECT_TRUE(brood[0].repaired);
  const auto program = sound::compile(to_source(*brood[0].genome));
  ASSERT_TRUE(program.ok());
  EXPECT_TRUE(sound::fits(*program, sound::kSizeClasses[1]));
  EXPECT_GE(program->code.size(), 24u);  // not just any part
}

// A slot that is used twice is written out twice: 2^40 nodes must not be made on the way to saying that it is too long.
TEST(Children, SharedSlotsDoNotExplode) {
  std::string song = "a=t*3";
  for (int i = 0; i < 40; i++) song += ",a=(a*a^a>>" + std::to_string(1 + i % 7) + ")";
  const auto brood = read("{\"children\":[{\"op\":\"fresh\",\"parents\":[],\"f\":\"" + song + ",a\"}]}");
  ASSERT_EQ(brood.size(), 1u);
  ASSERT_TRUE(brood[0].genome.ok()) << brood[0].genome.error().message;
  EXPECT_LE(brood[0].genome->nodes.size(), kMaxNodes);
}

TEST(Children, FindsThemInEveryWrapping) {
  const std::string one = "{\"op\":\"mutate_const\",\"parents\":[3],\"f\":\"t*5&t>>7\"}";
  const std::string two = "{\"op\":\"crossover\",\"parents\":[1,4],\"f\":\"t*3|t>>9\"}";
  const std::string list = "[" + one + "," + two + "]";
  for (const std::string& answer :
       {"{\"children\":" + list + "}", list, "```json\n{\"children\":" + list + "}\n```", "Sure! Here are \"your\" children: {\"children\":" + list + "} Enjoy!",
        "<think>maybe {\"f\":\"t\"} would do</think>{\"children\":" + list + "}", "{\"result\":{\"children\":" + list + "}}", one + "\n" + two,
        "{\"children\":[" + one + "," + two + ",{\"op\":\"fresh\",\"par", "{\"children\":" + list + "}   \n\n\n        "}) {
    const auto brood = read(answer);
    ASSERT_EQ(brood.size(), 2u) << answer;
    EXPECT_EQ(brood[0].op, "mutate_const");
    EXPECT_EQ(brood[0].parents, std::vector<int>{3});
    EXPECT_EQ(brood[1].op, "crossover");
    EXPECT_EQ(brood[1].parents, (std::vector<int>{1, 4}));
    EXPECT_TRUE(brood[0].genome.ok() && brood[1].genome.ok());
  }
}

TEST(Children, PlainLines) {
  const auto brood = read("Here are the formulas:\n1. t*5&t>>7\n2. `t*3|t>>9` is nice\n- mutate_op(2): t^t>>4\ncrossover(1,12): t&t>>3\nGood luck!");
  ASSERT_EQ(brood.size(), 4u);
  EXPECT_EQ(brood[2].op, "mutate_op");
  EXPECT_EQ(brood[2].parents, std::vector<int>{2});
  EXPECT_EQ(brood[3].parents, (std::vector<int>{1, 12}));
}

TEST(Children, NothingComesOfNothing) {
  for (const char* answer : {"", "null", "I am sorry, I cannot help with that.", "{}", "[]", "{\"children\":[]}", "{\"children\":3}", "\xff\xfe\x00", "[[[[[[[[[[[[[[[["})
    EXPECT_TRUE(read(answer).empty()) << answer;
  EXPECT_TRUE(read(std::string(100'000, '[')).empty());
  EXPECT_TRUE(read(std::string(100'000, '{')).empty());
}

TEST(Children, RepetitionsDieAndTheBroodIsBounded) {
  std::string list;
  for (int i = 0; i < 50; i++) list += std::string(i ? "," : "") + "{\"op\":\"what\",\"parents\":[-1,\"x\",2],\"f\":\"t*5&t>>7\"}";
  const auto brood = read("[" + list + "]");
  ASSERT_EQ(brood.size(), kMaxChildren);
  EXPECT_TRUE(brood[0].genome.ok());
  EXPECT_EQ(brood[0].op, "fresh");
  EXPECT_EQ(brood[0].parents, std::vector<int>{2});
  EXPECT_EQ(brood[1].genome.error().message, "the same as an earlier child");
  LlmYield yield;
  yield.add(brood);
  EXPECT_EQ(yield.children, kMaxChildren);
  EXPECT_EQ(yield.valid, 1u);
}

TEST(Children, AnyBytesAreSurvived) {
  Rng rng(9, 9, 9, 9);
  const std::string seed = "{\"children\":[{\"op\":\"graft\",\"parents\":[1],\"f\":\"t*(t>>5|t>>8)&[1,2,3,4][t>>11&3]\"},{\"op\":\"fresh\",\"parents\":[],\"f\":\"t^3t\"}]}";
  unsigned alive = 0;
  for (int i = 0; i < 2000; i++) {
    std::string text = seed;
    for (uint32_t n = rng.below(6); n > 0; n--) text[rng.below(static_cast<uint32_t>(text.size()))] = static_cast<char>(rng.below(256));
    text.resize(rng.below(static_cast<uint32_t>(text.size()) + 1));
    for (const LlmChild& child : read(text)) alive += child.genome.ok();
  }
  EXPECT_GT(alive, 200u);
}

}  // namespace
}  // namespace sotto::contest
