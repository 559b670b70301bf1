// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/compile.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <random>
#include <sstream>

#include "sound/bytebeat/render.h"

namespace sotto::sound {
namespace {

constexpr uint32_t kTimes[] = {0, 1, 2, 3, 4, 5, 6, 7, 1000, 4321, 79999};  // as in tools/bytebeat_vectors.mjs

size_t size_of(std::string_view source) { return compile(source).value().code.size(); }

std::string error_of(std::string_view source) {
  const Result<Program> program = compile(source);
  return program.ok() ? "(compiled)" : program.error().message;
}

TEST(Compile, AgreesWithJavaScriptVectors) {
  std::ifstream file(std::string(SOTTO_SOURCE_DIR) + "/src/sound/bytebeat/testdata/js_vectors.txt");
  unsigned songs = 0;
  for (std::string line; std::getline(file, line); songs++) {
    const size_t tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos);
    const std::string source = line.substr(0, tab);
    const Result<Program> program = compile(source);
    ASSERT_TRUE(program.ok()) << source << ": " << program.error().message;
    std::istringstream expected(line.substr(tab + 1));
    for (uint32_t t : kTimes) {
      int value = -1;
      expected >> value;
      EXPECT_EQ(render_one(*program, t), value) << source << " at t = " << t;
    }
  }
  EXPECT_GT(songs, 200u);
}

TEST(Compile, SmallPrograms) {
  EXPECT_EQ(size_of("t"), 0u);
  EXPECT_EQ(size_of("t*(42&t>>10)"), 3u);
  EXPECT_EQ(size_of("t*5&(t>>7)|t*3&(t*4>>10)"), 8u);
  EXPECT_EQ(size_of("t*(((t>>12)|(t>>8))&(63&(t>>4)))"), 7u);
  EXPECT_EQ(size_of("(t>>8)*(t>>8)"), 2u);        // common subexpressions are one
  EXPECT_EQ(size_of("a=t>>3,b=t>>4,a"), 1u);      // dead code is gone
  EXPECT_EQ(size_of("t*1+0"), 0u);
  EXPECT_EQ(size_of("t*2*3*4"), 1u);
  EXPECT_EQ(size_of("(t>>2>>3)&255"), 1u);        // only the low byte is heard
  EXPECT_EQ(size_of("t/3/5"), 1u);                // one denominator
  EXPECT_EQ(size_of("t/64"), 1u);
  EXPECT_EQ(compile("t/64")->code[0].op, Op::kShr);
  EXPECT_EQ(size_of("3*4+5"), 0u);
  EXPECT_EQ(size_of("-(-t)"), 0u);
  EXPECT_EQ(size_of("!(t<5)"), 1u);
  EXPECT_EQ(size_of("t!=0?t:5"), 1u);
}

TEST(Compile, Tables) {
  const Program one = compile("\"36364689\"[t>>13&7]*t").value();
  EXPECT_EQ(one.table, (std::vector<uint32_t>{3, 6, 3, 6, 4, 6, 8, 9}));
  EXPECT_EQ(one.code.size(), 4u);
  // Two tables are packed one behind the other; the second index needs its offset.
  const Program two = compile("[1,2][t&1]+[30,40,50][t%3]").value();
  EXPECT_EQ(two.table.size(), 5u);
  for (uint32_t t : {0u, 1u, 2u, 3u, 77u}) {
    EXPECT_EQ(render_one(two, t), (t % 2 + 1) + (t % 3 * 10 + 30));
  }
  // An index out of range gives 0 also where another table lies behind.
  const Program guarded = compile("[1,2][t>>1]+[30,40,50][t-1]").value();
  const unsigned expected[] = {1, 31, 42, 52, 0, 0};
  for (uint32_t t = 0; t < 6; t++) EXPECT_EQ(render_one(guarded, t), expected[t]) << t;
  EXPECT_EQ(render_one(guarded, 512), 0);  // beyond the machine's own 256 entries
}

TEST(Compile, FunctionsAreWrittenOut) {
  auto sample = [](std::string_view source, uint32_t t) { return render_one(compile(source).value(), t); };
  EXPECT_EQ(compile("f=x=>x*2,f(t)+f(t)").value(), compile("t*2+t*2").value());
  EXPECT_EQ(sample("f=(a,b)=>a*b,f(t,3)+f(2,t)", 5), 25);
  EXPECT_EQ(sample("k=7,f=()=>k+t,k=1,f()", 5), 6);           // names are looked up when it is called
  EXPECT_EQ(sample("f=x=>y=>x-y,g=f(t),g(2)", 9), 7);         // closures
  EXPECT_EQ(sample("f=t=>t>>1,f(t*2)+t", 5), 10);             // a parameter hides t
  EXPECT_EQ(sample("(x=>x+1)(t)", 5), 6);
  EXPECT_EQ(sample("f=g=>g(3),f(x=>x*t)", 5), 15);
  EXPECT_EQ(sample("f=(x,y)=>x+(a=x),f(t)+a", 5), 15);        // a missing argument, a global assigned inside
}

// Samples at 0 .. 15 of two songs that say the same.
void expect_same(std::string_view song, std::string_view plain) {
  const Result<Program> program = compile(song);
  ASSERT_TRUE(program.ok()) << song << ": " << program.error().message;
  EXPECT_EQ(render(*program, 16), render(compile(plain).value(), 16)) << song;
}

TEST(Compile, AssignmentsUnderAConditionAreSelected) {
  expect_same("a=1,t>5?a=t*3:0,a", "t>5?t*3:1");
  expect_same("a=1,t>5&&(a=t*3),a", "t>5?t*3:1");
  expect_same("a=1,t>5||(a=t*3),a", "t>5?1:t*3");
  expect_same("t>5?a=2:a=9,a+t", "(t>5?2:9)+t");
  expect_same("t>5?(a=t*2,a+1):7", "t>5?t*2+1:7");                          // a name of one side only
  expect_same("a=0,b=0,t&1?(a=t,t&2?(b=a,a=5):b=3):(a=b+1),a*16+b", "t&1?(t&2?80+t:t*16+3):16");
  expect_same("a=3,f=x=>a=x,t&4&&f(t),a", "t&4?t:3");                       // through a function
  expect_same("t&8?t=5:0,t", "t&8?5:t");
  expect_same("1?a=4:a=5,a+t", "t+4");                                      // a constant condition is none
  expect_same("a=t,t>>2&&(a*=2,a+=1),a", "t>>2?t*2+1:t");
  EXPECT_EQ(size_of("a=t*5,t&1?a=t*5:0,a"), 1u);
}

TEST(Compile, StatementsAndLoopsAreWrittenOut) {
  expect_same("f=n=>{let s=0;for(let i=0;i<4;i++)s+=n>>i;return s},f(t)", "t+(t>>1)+(t>>2)+(t>>3)");
  expect_same("let s=0\nfor(let i=3;i>0;--i){s+=t*i}\ns", "t*6");
  expect_same("s=0,f=()=>{var i=3;while(i--)s+=i*t;},f(),s", "t*3");
  expect_same("function f(x){if(x>5)return 1;return x*2} f(t)", "t>5?1:t*2");
  expect_same("f=x=>{if(x>8){return 1}else if(x>4)return 2;x+=7;if(x&1)return x;return 0},f(t)", "t>8?1:t>4?2:t+7&1?t+7:0");
  expect_same("f=x=>{for(let i=0;i<3;i++)if(x>>i&1)return i;return 9},f(t)", "t&1?0:t&2?1:t&4?2:9");
  expect_same("const a=[1,5,2];let s=0;for(let x of a)s=s*2+(t>>x);return s", "((t>>1)*2+(t>>5))*2+(t>>2)");
  expect_same("f=function(x){return x+1},f(t)", "t+1");
  expect_same("f=x=>{x},f(t)+t", "t");                                       // no return: undefined, counts as 0
  expect_same("let a=t;{let a=5}a", "t");
  expect_same("if(t>3)t*2;else 7", "t>3?t*2:7");                             // the last expression is the value
  expect_same("a=5,b=a++*10+ ++a,b+a--+a+t", "57+7+6+t");
  expect_same("[1,2,3].map(x=>x*x)[t&3]", "[1,4,9][t&3]");
  expect_same("[1,3,5].map((x,i)=>t>>x&i).reduce((a,b)=>a+b)", "(t>>3&1)+(t>>5&2)");
  expect_same("[4,5].reduce((a,x)=>a^t*x,1)", "1^t*4^t*5");
}

TEST(Compile, WhiteSpaceCommentsAndSemicolons) {
  for (const char* source : {" t \n + 1 ", "t//x\n+1", "t/* x\n */+1", "t+1;", "t+1;;\n", "\xEF\xBB\xBFt+1", "t\r\n+1 // end"}) {
    const Result<Program> program = compile(source);
    ASSERT_TRUE(program.ok()) << source << program.error().message;
    EXPECT_EQ(render_one(*program, 7), 8) << source;
  }
}

struct Wrong {
  const char* source;
  const char* where;
  const char* what;
};

TEST(Compile, ErrorsNameTheConstructAndItsPosition) {
  const Wrong cases[] = {
      {"", "line 1, column 1", "empty"},
      {"  \n ", "line 1, column 1", "empty"},
      {"t*", "line 1, column 3", "ends too early"},
      {"t\n+*3", "line 2, column 2", "'*'"},
      {"(t", "line 1, column 1", "never closed"},
      {"t)", "line 1, column 2", "')'"},
      {"[1,2[t]", "line 1, column 1", "never closed"},
      {"t t", "line 1, column 3", "operator is missing"},
      {"x+1", "line 1, column 1", "'x' has no value"},
      {"a=a+1", "line 1, column 3", "'a' has no value"},
      {"f=t=>f(t-1),f(t)", "line 1, column 8", "cannot call itself"},
      {"t+{x:1}", "line 1, column 3", "'{' (a block"},
      {"f=x=>{return x", "line 1, column 6", "never closed"},
      {"f=x=>{return x},f", "line 1, column 1", "index or call it"},
      {"f=x=>{x x},f(t)", "line 1, column 9", "operator is missing"},
      {"f=n=>{let s=0;for(let i=0;i<n;i++)s+=i;return s},f(t)", "line 1, column 28", "depends on t"},
      {"let s=0\nfor(let i=0;i<5000;i++)s+=i\ns+t", "line 2, column 1", "more than 4096 times"},
      {"for(let i=0;i<70;i++)for(let j=0;j<70;j++)t+i", "line 1, column 22", "more than 4096 times"},
      {"while(t>5)t--", "line 1, column 8", "depends on t"},
      {"for(let x of 5)t", "line 1, column 14", "'of' needs"},
      {"if(t>5)t else 3", "line 1, column 10", "'else'"},
      {"for(let i=0;i<4;i++){break}", "line 1, column 22", "'break'"},
      {"5 .map(x=>x)", "line 1, column 4", "needs an array"},
      {"[1,2].map(3)[0]", "line 1, column 7", "needs a function"},
      {"[].reduce((a,b)=>a+b)", "line 1, column 4", "needs a start"},
      {"t>5&&(a=1),a", "line 1, column 12", "'a' has no value"},
      {"a='12',t>5?a='34':0,a[t&1]", "line 1, column 11", "'a' is a string"},
      {"t+(x,2)=>x", "line 1, column 8", "'=>' needs plain"},
      {"f=x=>x,f+1", "line 1, column 9", "index or call it"},
      {"[1](t)", "line 1, column 1", "no function"},
      {"(a=2)(1)", "line 1, column 2", "no function"},
      {"a=2,a(1)", "line 1, column 5", "'a' is no function"},
      {"a=1;b=2", "line 1, column 5", "second statement"},
      {"for(;;)t", "line 1, column 1", "more than 4096 times"},
      {"t\n\n  ;var x", "line 3, column 4", "second statement"},
      {"1++", "line 1, column 2", "'++'"},
      {"++t[0]", "line 1, column 1", "'++' stands only"},
      {"t?1", "line 1, column 2", "no : after it"},
      {"1=t", "line 1, column 2", "only a plain name"},
      {"t[0]=1", "line 1, column 5", "only a plain name"},
      {"sqrt(t)", "line 1, column 1", "'sqrt' is supported for constants"},
      {"random", "line 1, column 1", "is a function; call it"},
      {"sin", "line 1, column 1", "is a function; call it"},
      {"t**t", "line 1, column 2", "a power"},
      {"-t**2", "line 1, column 3", "(-a)**b"},
      {"\"ab\"+t", "line 1, column 5", "join text"},
      {"[1,2]+1", "line 1, column 6", "index or call it"},
      {"t.foo", "line 1, column 3", "'foo'"},
      {"'abc", "line 1, column 1", "never closed"},
      {"t/*", "line 1, column 2", "never closed"},
      {"t@2", "line 1, column 2", "unexpected '@'"},
      {"t \xC3\xA9 2", "line 1, column 3", "byte 0xc3"},
      {"3t", "line 1, column 1", "runs into 't'"},
      {"0xg", "line 1, column 1", "digits after its prefix"},
      {"1e+", "line 1, column 1", "digits after 'e'"},
      {"`${t}`", "line 1, column 2", "template"},
      {"()", "line 1, column 1", "empty brackets"},
  };
  for (const Wrong& wrong : cases) {
    const std::string message = error_of(wrong.source);
    EXPECT_EQ(message.substr(0, message.find(':')), wrong.where) << wrong.source << " gave " << message;
    EXPECT_NE(message.find(wrong.what), std::string::npos) << wrong.source << " gave " << message;
  }
}

std::string repeated(const std::string& part, size_t n) {
  std::string all;
  for (size_t i = 0; i < n; i++) all += part;
  return all;
}

TEST(Compile, BombsAreRefusedQuickly) {
  const auto start = std::chrono::steady_clock::now();
  for (size_t n : {300u, 30000u}) {
    for (const char* part : {"(", "[", "-", "!", "~", "t?", "t?t:", "(t+", "a=", "t**", "[t][", "int(", "t&&(", "1+(2*(", "a[", "{", "\"", ".", "if(t)", "for(;;)", "f=x=>{", "while(0)", "let a=", "++", "return ", "if(t){"}) {
      EXPECT_FALSE(compile(repeated(part, n)).ok()) << part;
    }
    EXPECT_FALSE(compile(repeated("(", n) + "t" + repeated(")", n)).ok());
  }
  EXPECT_FALSE(compile(repeated("t+", 30000) + "t").ok());
  EXPECT_FALSE(compile(repeated("t,", 32000)).ok());
  EXPECT_TRUE(compile(repeated("t,", 32000) + "t").ok());
  EXPECT_FALSE(compile(std::string(kSamples, ' ')).ok());
  EXPECT_FALSE(compile(std::string(1 << 20, 't')).ok());
  // Numbers so large that adding 1 changes nothing: no range to list.
  for (const char* f : {"sin(%)", "cbrt(%)", "2**(%)", "tan((%)/8)"})
    for (const char* x : {"t-1e80", "t+1e300", "t-9007199254740993", "(t&1)+2**53"}) {
      std::string code = f;
      (void)compile(code.replace(code.find('%'), 1, x)).ok();
    }
  // Long but shallow: thousands of names, tables and shared terms.
  std::string names, tables = "a=0", doubling = "a=t";
  for (int i = 0; i < 4000; i++) names.append("v").append(std::to_string(i)).append("=t*").append(std::to_string(i)).append(",");
  for (int i = 0; i < 3000; i++) tables.append(",a=a+[").append(std::to_string(i)).append(",7][t&1]");
  for (int i = 0; i < 10000; i++) doubling += ",a=a*a";
  std::string calls = "f0=x=>x+t";
  for (int i = 1; i < 40; i++) {
    const std::string before = std::string("f").append(std::to_string(i - 1)).append("(x)");
    calls.append(",f").append(std::to_string(i)).append("=x=>").append(before).append("^").append(before);
  }
  EXPECT_NE(error_of(calls + ",f39(t)").find("run too often"), std::string::npos);
  EXPECT_TRUE(compile(names + "v7").ok());
  // Loops in functions that call each other, returns and assignments under conditions within one another.
  EXPECT_FALSE(compile("f=()=>{for(;;){}},g=()=>{for(let i=0;i<99;i++)f()},g()").ok());
  EXPECT_FALSE(compile("f=x=>{" + repeated("if(x>t)return x;x=x*t+1;", 2000) + "return 0},f(t)").ok());
  std::string inner;
  for (int i = 0; i < 2000; i++) inner.append("v").append(std::to_string(i)).append("=t*v").append(std::to_string(i)).append(",");
  EXPECT_FALSE(compile(names + repeated("t&1?(", 150) + inner + "0" + repeated("):0", 150) + ",v1").ok());
  (void)compile("a=[" + repeated("1,", 20000) + "].map(x=>x),a=a.map(x=>x),a=a.map(x=>x),a.reduce((x,y)=>x+y*t)");
  for (const char* factor : {"", "[1.5,1.2][t&1]*", "2**([0,3][t&1]/12)*", "[0,0.5][t&1]/3*"}) {  // 0 beside a sum, and pitches
    (void)compile(std::string(factor) + "(((t^t)&(t>>1))*((237*64)+(t+4)))");
    (void)compile(std::string("(((t^t)&(t>>1))*((237*64)+(t+4)))*1.5*") + factor + "(0*t/3)");
  }
  EXPECT_FALSE(compile(tables).ok());
  EXPECT_NE(error_of(doubling).find("too long"), std::string::npos) << error_of(doubling);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_LT(seconds, 10);  // far less without sanitizers
}

TEST(Compile, DepthThatPeopleWriteIsFine) {
  EXPECT_TRUE(compile(repeated("(", 60) + "t" + repeated(")", 60)).ok());
  EXPECT_TRUE(compile(repeated("t&1?", 40) + "1" + repeated(":2", 40)).ok());
  std::string chain;
  for (int i = 0; i < 60; i++) chain.append("t>").append(std::to_string(i * 1000)).append("?").append(std::to_string(i)).append(":");
  EXPECT_TRUE(compile(chain + "0").ok());
}

TEST(CompileFuzz, RandomBytes) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 20000; round++) {
    std::string source(random() % 60, '\0');
    for (char& c : source) c = static_cast<char>(random());
    (void)compile(source);
  }
}

TEST(CompileFuzz, RandomTokens) {
  const char* tokens[] = {"t", "t", "t", "a", "b", "1", "3", "255", "1.5", "0", "4e9", "1e-9", "1e300", "0x80000000", "-", "+", "*", "/", "%", "&",
                          "|", "^", "<<", ">>", ">>>", "<", ">=", "==", "!=", "&&", "||", "!", "~", "?", ":", "(", ")", "(", ")", "[", "]",
                          ",", "=", "+=", "**", "\"3141\"", "[1,2,3]", "[1.5,2]", "[t,7]", "int", "abs", "min", "floor", "round", "parseInt", "random()", "PI", ";", ".",
                          "a=>", "f=x=>", "x", "f(", "(a,b)=>", "{", "}", ";", "if(", "else ", "for(let i=0;i<3;i++)", "while(", "return ", "let a=", "++", "--", "f=x=>{",
                          ".map(", ".reduce(", "for(a of", "function f(a){", "f(t)}"};
  std::mt19937_64 random(6);
  unsigned compiled = 0;
  for (int round = 0; round < 80000; round++) {
    std::string source;
    for (uint64_t n = 1 + random() % 14; n > 0; n--) source += tokens[random() % std::size(tokens)];
    const Result<Program> program = compile(source);
    if (!program.ok()) continue;
    compiled++;
    ASSERT_TRUE(check_program(*program).ok()) << source;
    (void)render(*program, 8);
  }
  EXPECT_GT(compiled, 500u);
}

// Expressions made by a grammar: they always compile or fail with a position, and equal programs give equal samples.
std::string random_expression(std::mt19937_64& random, int depth) {
  static const char* binary[] = {"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", ">>>", "<", ">", "<=", ">=", "==", "!=", "&&", "||"};
  static const char* leaves[] = {"t", "t", "t", "1", "2", "3", "7", "16", "255", "1.5", "0.1", "0", "4096", "1e6", "random()", "[1,2,3][t&3]", "\"31\"[t>>9]"};
  if (depth == 0 || random() % 8 == 0) return leaves[random() % std::size(leaves)];
  const std::string a = random_expression(random, depth - 1);
  std::string r = "(";
  switch (random() % 18) {
    case 0: return r.append("-").append(a).append(")");
    case 1: return r.append("~").append(a).append(")");
    case 2: return r.append("int(").append(a).append("))");
    case 4: return r.append("2**(").append(a).append("/12))");
    case 5: return r.append("sin(").append(a).append("&63))");
    case 6: return r.append("[1,1.5,0,t,9][").append(a).append("])");
    case 7: return r.append("'A3C'[").append(a).append("])");
    case 8: return r.append("[0,5,0][").append(a).append("]*3)");
    case 9: return r.append("(x=>").append(a).append("+x)(t>>8))");
    case 3: {
      const std::string b = random_expression(random, depth - 1), c = random_expression(random, depth - 1);
      return r.append(a).append("?").append(b).append(":").append(c).append(")");
    }
    default: {
      const std::string b = random_expression(random, depth - 1);
      return r.append(a).append(binary[random() % std::size(binary)]).append(b).append(")");
    }
  }
}

TEST(CompileFuzz, RandomExpressionsAndTheirSource) {
  std::mt19937_64 random(7);
  double slowest = 0;
  for (int round = 0; round < 5000; round++) {
    const std::string source = random_expression(random, 5);
    const auto start = std::chrono::steady_clock::now();
    const Result<Program> program = compile(source);
    slowest = std::max(slowest, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    if (!program.ok()) continue;
    const Result<Program> again = compile(to_source(*program));
    ASSERT_TRUE(again.ok()) << source << "\n" << to_source(*program) << "\n" << again.error().message;
    ASSERT_EQ(render(*program, 300, 700), render(*again, 300, 700)) << source << "\n" << to_source(*program);
  }
  EXPECT_LT(slowest, 1);  // seconds; a song of this size takes a millisecond
}

}  // namespace
}  // namespace sotto::sound
