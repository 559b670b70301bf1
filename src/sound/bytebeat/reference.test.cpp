// SPDX-License-Identifier: Apache-2.0
// Programs against the double arithmetic of JavaScript where the front end goes out of its way to be exact.
#include "sound/bytebeat/reference.h"

#include <gtest/gtest.h>

#include "sound/bytebeat/compile.h"

namespace sotto::sound {
namespace {

size_t differences(std::string_view source) {
  const Samples ours = render(compile(source).value()), reference = render_reference(compile_formula(source).value());
  size_t n = 0;
  for (size_t i = 0; i < ours.size(); i++) n += ours[i] != reference[i];
  return n;
}

TEST(Reference, PitchesInTwoLimbs) {
  EXPECT_EQ(differences("t*2**([0,3,7,10][t>>12&3]/12)&128"), 0u);
  EXPECT_EQ(differences("t*2**([0,3,7,10][t>>12&3]/12)*1.31&128"), 0u);
  EXPECT_EQ(differences("t/1.44*2**([0,-3,7,10][t>>12&3]/12)&64"), 0u);
  EXPECT_LT(differences("t*2**([0,3,7,10][t>>12&3]/12)"), 40u);
  EXPECT_LT(differences("(t-20000)*2**([0,3,7,10][t>>12&3]/12)%256/2"), 160u);
}

TEST(Reference, SeveralTableEntriesInOneWord) {
  const std::string digits = "0123456789987654321001234567899876543210012345678998765432100123456789987654321001234567899876543210";
  const std::string song = "t*\"" + digits + "\"[t>>9]";
  EXPECT_LE(compile(song)->table.size(), 64u);
  EXPECT_EQ(differences(song), 0u);
  EXPECT_EQ(differences("(t&512)>>(int)(3*sin(t*4&(int)(t/256)))"), 0u);
  EXPECT_EQ(compile("(t&512)>>(int)(3*sin(t*4&(int)(t/256)))")->table.size() <= 64, true);
}

// The sine of anything, by the machine's: at most one sample in a hundred is another one, and it is not far off.
TEST(Reference, Sines) {
  const auto near = [](std::string_view source, size_t instructions) {
    const Program program = compile(source).value();
    EXPECT_LE(program.code.size(), instructions) << source;
    EXPECT_LE(differences(source), kSamples / 100) << source;
  };
  near("127*sin(t/40)+128", 5);
  near("127*cos(t/40)+128", 6);
  near("100*sin(t*PI/128)+100", 5);
  near("100*sin(t*2*PI*440/8000)+128", 5);
  near("64*(sin(t/9)+cos(t/17.5))+128", 9);
  near("sin(t*(1+(t>>13&3))/30)*64+t/9", 20);
  near("sin(t/20)*sin(t/3000)*100+128", 10);
  near("100*sin(t/40+3*sin(t/9000))+128", 16);
  near("(t&1023)*sin(t/300)>>3", 6);
  near("100*sin(t*2**([0,3,7,12][t>>13&3]/12)*.2)+128", 17);
  near("tan(t/5000)>1?t:t*3", 14);
}

TEST(Reference, TheMachinesSineHasASource) {
  const Program program = compile(sine_source("t*40503")).value();
  ASSERT_EQ(program.code.size(), 2u);
  EXPECT_EQ(program.code[1].op, Op::kSine);
  EXPECT_EQ(differences(sine_source("(t*t+7)")), 0u);
  EXPECT_EQ(differences(std::string("100000+").append(sine_source("t*40503")).append("*3>>5")), 0u);
}

TEST(Reference, HolesDefaultsAndOctalEscapes) {
  EXPECT_EQ(compile("[1,,3][t&3]").value(), compile("[1,0/0,3][t&3]").value());
  EXPECT_EQ(render_one(compile("2**[1,,3][t&3]").value(), 1), 0);
  EXPECT_EQ(compile("f=(x,n=3)=>x*n,f(t)").value(), compile("t*3").value());
  EXPECT_EQ(compile("f=(x,n=x)=>x*n,f(t,2)").value(), compile("t*2").value());
  EXPECT_EQ(compile("\"\\101\\13\".charCodeAt(t&1)").value(), compile("\"A\\v\".charCodeAt(t&1)").value());
}

}  // namespace
}  // namespace sotto::sound
