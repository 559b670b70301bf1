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

TEST(Reference, HolesDefaultsAndOctalEscapes) {
  EXPECT_EQ(compile("[1,,3][t&3]").value(), compile("[1,0/0,3][t&3]").value());
  EXPECT_EQ(render_one(compile("2**[1,,3][t&3]").value(), 1), 0);
  EXPECT_EQ(compile("f=(x,n=3)=>x*n,f(t)").value(), compile("t*3").value());
  EXPECT_EQ(compile("f=(x,n=x)=>x*n,f(t,2)").value(), compile("t*2").value());
  EXPECT_EQ(compile("\"\\101\\13\".charCodeAt(t&1)").value(), compile("\"A\\v\".charCodeAt(t&1)").value());
}

}  // namespace
}  // namespace sotto::sound
