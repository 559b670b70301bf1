// SPDX-License-Identifier: Apache-2.0
// Trains the networks of a judge, of its folds and of its learning curve, each member attacked while it learns. What is
// in the work folder already is not made again.
#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "judge/train/arguments.h"
#include "judge/train/examples.h"
#include "judge/train/mentor.h"

namespace sotto::judge::train {

class Trainer {
 public:
  const Arguments& arguments;
  Network front_end;
  std::vector<Example> examples, lessons;
  Bytes32 clips_digest = {};

  // Everything that needs no attack on the finished judge: the networks of the folds, and of the learning curve.
  Status train_all() const;
  // The mean of the first `count` members that were trained under that name, or one of them.
  Result<FloatModel> read(const std::string& name, size_t count) const;
  Result<FloatModel> read_member(const std::string& name, size_t member) const;
  std::string file(const std::string& name) const { return arguments.work + "/" + arguments.name + "." + name; }

 private:
  // What networks are taught by: the clips, and what a mentor thinks of them.
  struct School {
    std::vector<const Example*> clips;
    std::vector<Example> lessons;  // also in `clips`
    std::optional<Mentor> mentor;
    std::unordered_map<const Example*, float> opinions;  // mixed with what they are
    float label(const Example& e) const { return opinions.contains(&e) ? opinions.at(&e) : e.target; }
  };
  std::string member_file(const std::string& name, size_t member) const;
  Status train(const std::string& name, const Split& clips, size_t count) const;
  Status open_school(School& school, const Split& clips) const;
  Status train_member(const std::string& name, const School& school, size_t member) const;
  FitOptions options_of(const std::string& name, const School& school, size_t member) const;
  Result<FloatModel> learn_all(const std::string& name, const School& school, size_t member, FitOptions options) const;
  Result<FloatModel> learn_splices(const School& school, FitOptions options) const;
  Result<float> worth(const Example& evolved, const School& school) const;
  Result<std::vector<Example>> fooled(const FloatModel& model, const School& school, uint64_t seed,
                                      const std::string& songs_file) const;
};

// Under which names networks are: of a fold, and of the learning curve's shares of the authors.
std::string fold_name(size_t fold);
std::string curve_name(size_t i);
inline constexpr double kCurve[] = {0.25, 0.5};

}  // namespace sotto::judge::train
