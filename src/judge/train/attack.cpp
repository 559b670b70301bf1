// SPDX-License-Identifier: Apache-2.0
#include "judge/train/attack.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>

#include "judge/net/scorer.h"
#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/render.h"

namespace sotto::judge::train {
namespace {

constexpr const char* kOperators[] = {"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"};
constexpr uint32_t kOperatorCount = 10;
constexpr size_t kPopulation = 48, kMostNodes = 60, kRandomSongs = 1000;
constexpr unsigned kDepth = 6, kPatchDepth = 3;

// An expression in prefix order.
struct Node {
  enum Kind : uint8_t { kT, kConstant, kOperator } kind = kT;
  uint32_t value = 0;  // the constant, or which operator
};
using Tree = std::vector<Node>;

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  // std::uniform_int_distribution differs between standard libraries; the remainder does not.
  uint32_t below(size_t n) { return static_cast<uint32_t>(engine_() % n); }

 private:
  std::mt19937_64 engine_;
};

uint32_t constant(Random& random) { return random.below(2) ? 1 + random.below(16) : 1 + random.below(255); }

void grow(Tree& tree, Random& random, unsigned depth) {
  if (depth == 0 || (!tree.empty() && random.below(8) == 0)) {
    if (random.below(2)) tree.push_back({Node::kT, 0});
    else tree.push_back({Node::kConstant, constant(random)});
    return;
  }
  tree.push_back({Node::kOperator, random.below(kOperatorCount)});
  grow(tree, random, depth - 1);
  grow(tree, random, depth - 1);
}

size_t end_of(const Tree& tree, size_t at) {
  for (size_t open = 1; open > 0; at++) open += tree[at].kind == Node::kOperator ? 1 : size_t(-1);
  return at;
}

std::string source(const Tree& tree, size_t& at) {
  const Node node = tree[at++];
  if (node.kind == Node::kT) return "t";
  if (node.kind == Node::kConstant) return std::to_string(node.value);
  const std::string left = source(tree, at);
  return "(" + left + kOperators[node.value] + source(tree, at) + ")";
}
std::string source(const Tree& tree) {
  size_t at = 0;
  return source(tree, at);
}

Tree replaced(const Tree& tree, size_t at, Tree::const_iterator first, Tree::const_iterator last) {
  Tree out(tree.begin(), tree.begin() + static_cast<std::ptrdiff_t>(at));
  out.insert(out.end(), first, last);
  out.insert(out.end(), tree.begin() + static_cast<std::ptrdiff_t>(end_of(tree, at)), tree.end());
  return out;
}

// Another constant or operator, or a new subtree.
Tree mutated(const Tree& parent, Random& random) {
  const size_t at = random.below(parent.size());
  Tree out = parent;
  if (parent[at].kind == Node::kConstant && random.below(2)) {
    out[at].value = random.below(2) ? constant(random) : parent[at].value + 1 - 2 * random.below(2);
  } else if (parent[at].kind == Node::kOperator && random.below(2)) {
    out[at].value = random.below(kOperatorCount);
  } else {
    Tree patch;
    grow(patch, random, random.below(kPatchDepth + 1));
    out = replaced(parent, at, patch.begin(), patch.end());
  }
  return out;
}

Tree crossed(const Tree& a, const Tree& b, Random& random) {
  const size_t from = random.below(b.size());
  const size_t at = random.below(a.size());  // first, whatever the order of arguments
  return replaced(a, at, b.begin() + static_cast<std::ptrdiff_t>(from),
                  b.begin() + static_cast<std::ptrdiff_t>(end_of(b, from)));
}

std::optional<std::vector<uint8_t>> rendered(const Tree& tree) {
  if (tree.size() > kMostNodes) return std::nullopt;
  return train::rendered(source(tree));
}

double deviation(const std::vector<uint8_t>& samples) {
  double sum = 0, squares = 0;
  for (double v : samples) sum += v, squares += v * v;
  const double n = static_cast<double>(samples.size()), mean = sum / n;
  return std::sqrt(std::max(0.0, squares / n - mean * mean));
}

struct Individual {
  double score = 0;
  Tree tree;
};
bool better(const Individual& a, const Individual& b) { return a.score > b.score; }

class Search {
 public:
  Search(const Network& net, uint64_t seed) : scorer_(net), random_(seed) {}

  AttackReport run(const AttackOptions& options) {
    while (population_.size() < kRandomSongs) {
      Individual one;
      grow(one.tree, random_, 1 + random_.below(kDepth));
      if (judge(one)) population_.push_back(std::move(one));
    }
    std::stable_sort(population_.begin(), population_.end(), better);
    population_.resize(kPopulation);
    size_t done = kRandomSongs;
    AttackReport report;
    for (size_t until : options.evaluations) {
      while (done < until) done += breed();
      report.climb.push_back(best().score);
    }
    std::stable_sort(population_.begin(), population_.end(), better);
    for (const Individual& one : population_) report.best.push_back({one.score, source(one.tree), *rendered(one.tree)});
    return report;
  }

 private:
  const Individual& best() const { return *std::min_element(population_.begin(), population_.end(), better); }
  bool judge(Individual& one) const {
    const auto samples = rendered(one.tree);
    if (samples) one.score = scorer_.head(*samples);
    return samples.has_value();
  }
  const Tree& parent() {  // of a tournament of three
    const Individual* winner = nullptr;
    for (int k = 0; k < 3; k++) {
      const Individual& one = population_[random_.below(population_.size())];
      if (!winner || one.score > winner->score) winner = &one;
    }
    return winner->tree;
  }
  // One child, which takes the place of the worst if it is better and no score of the population repeats. Returns the
  // number of songs judged.
  size_t breed() {
    const Tree& first = parent();
    Individual child{0, random_.below(5) < 2 ? crossed(first, parent(), random_) : mutated(first, random_)};
    if (!judge(child)) return 0;
    Individual& worst = *std::max_element(population_.begin(), population_.end(), better);
    const bool known = std::any_of(population_.begin(), population_.end(),
                                   [&](const Individual& one) { return one.score == child.score; });
    if (child.score > worst.score && !known) worst = std::move(child);
    return 1;
  }

  Scorer scorer_;
  Random random_;
  std::vector<Individual> population_;
};

}  // namespace

AttackReport attack(const Network& net, const AttackOptions& options) { return Search(net, options.seed).run(options); }

std::optional<std::vector<uint8_t>> rendered(const std::string& source) {
  const auto program = sound::compile(source);
  if (!program.ok() || !sound::fits(*program, sound::kSizeClasses[1])) return std::nullopt;
  return sound::render(*program);
}

bool sounds(const std::vector<uint8_t>& samples) {
  constexpr double kLeastDeviation = 2;
  return deviation(samples) >= kLeastDeviation;
}

std::vector<std::vector<uint8_t>> random_songs(uint64_t seed, size_t count) {
  Random random(seed);
  std::vector<std::vector<uint8_t>> songs;
  while (songs.size() < count) {
    Tree tree;
    grow(tree, random, 1 + random.below(kDepth));
    auto samples = rendered(tree);
    if (samples && sounds(*samples)) songs.push_back(std::move(*samples));
  }
  return songs;
}

}  // namespace sotto::judge::train
