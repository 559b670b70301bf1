// SPDX-License-Identifier: Apache-2.0
// Distillation from end to end, through the program: a cut-down teacher with random weights, a handful of songs.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "judge/net/scorer.h"
#include "judge/teacher/random_teacher.h"

namespace sotto::judge::train {
namespace {

namespace fs = std::filesystem;

struct Finished {
  int code = -1;
  std::string out;
};
Finished run(const std::string& arguments) {
  Finished result;
  FILE* pipe = popen((std::string(SOTTO_TRAINER) + " distill " + arguments + " 2>/dev/null").c_str(), "r");
  if (!pipe) return result;
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) result.out.append(buffer, n);
  const int status = pclose(pipe);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

class Distill : public testing::Test {
 protected:
  Distill() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    std::string corpus;
    for (unsigned i = 0; i < 14; i++)
      corpus += "{\"code\":\"t*(t>>" + std::to_string(5 + i % 6) + "&" + std::to_string(7 + 3 * i) +
                ")\",\"author\":\"a" + std::to_string(i) + "\"}\n";
    write("corpus.jsonl", Bytes(corpus.begin(), corpus.end()));
    write("teacher.safetensors", teacher::random_teacher_file(teacher::small_geometry(), 7));
  }
  ~Distill() override { fs::remove_all(folder_); }
  void write(const std::string& name, const Bytes& bytes) const {
    ASSERT_TRUE(write_file_atomically(folder_ + "/" + name, bytes).ok());
  }
  std::string arguments(const std::string& more) const {
    return "--teacher " + folder_ + "/teacher.safetensors --corpus " + folder_ + "/corpus.jsonl -o " + folder_ +
           "/x.judge --rounds 1 --attacks 1" + " --evaluations 1000 --epochs 2 --channels 8,8 " + more;
  }
  size_t label_lines() const {
    const Bytes bytes = *read_file(folder_ + "/x.judge.labels.jsonl");
    return static_cast<size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  }
  const std::string folder_ = testing::TempDir() + "/distill_test";
};

TEST_F(Distill, MakesAJudgeThatSaysWhatItIs) {
  const Finished first = run(arguments("--json"));
  ASSERT_EQ(first.code, 0) << first.out;
  const auto json = nlohmann::json::parse(first.out);
  EXPECT_FALSE(json["audiobox_shape"]);
  EXPECT_FALSE(json["audiobox_distilled"]);
  EXPECT_EQ(json["evolved"].size(), 2u);
  EXPECT_GE(json["evolved"][1]["clips"], 40);
  EXPECT_GE(json["held_out"]["clips"], 5);
  EXPECT_GT(json["int_float_pearson"], 0.99);

  const auto net = read_judge(folder_ + "/x.judge");
  ASSERT_TRUE(net.ok()) << net.error().message;
  EXPECT_NE(net->card.find("Not Audiobox-distilled"), std::string::npos) << net->card;
  EXPECT_EQ(json["digest"], to_hex(judge_digest(*net)));
  EXPECT_GT(max_score(*net), 9000u);

  // The second run finds every label and gives the same judge.
  const size_t labels = label_lines();
  const Finished second = run(arguments("--json"));
  EXPECT_EQ(second.out, first.out);
  EXPECT_EQ(label_lines(), labels);
}

TEST_F(Distill, RefusesWhatItCannotUse) {
  EXPECT_EQ(run("").code, 2);
  EXPECT_EQ(run(arguments("--axis XX")).code, 2);
  EXPECT_EQ(run("--help").code, 0);
  write("corpus.jsonl", {});
  EXPECT_EQ(run(arguments("")).code, 3);
  write("teacher.safetensors", Bytes(100, 7));
  EXPECT_EQ(run(arguments("")).code, 3);
}

}  // namespace
}  // namespace sotto::judge::train
