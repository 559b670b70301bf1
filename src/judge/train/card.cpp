// SPDX-License-Identifier: Apache-2.0
#include "judge/train/card.h"

#include <cstdio>
#include <type_traits>

#include "judge/train/report.h"

namespace sotto::judge::train {
namespace {

constexpr const char* kWhat = R"(
A judge of ten seconds of sound, 0 to 10: how much does this clip resemble bytebeat that people made, rather than random or
randomly altered code? 5.000 is the median of the held-out human clips; 10.000, the cap, is the 99.9th percentile of all human
clips, those that were trained on included, since a few hundred held-out ones give no stable percentile.
Every figure on this card was measured by sotto-train when it wrote the judge.

## What it does not claim
- It does not know what you like. Nobody rated anything for it; the correlation with the moderators' stars is below, and it is near 0.
- It knows one style, one community, and clips of ten seconds. Long forms, words, and everything that is not bytebeat are foreign to it.
- A song altered in one place still sounds made by a person: see the figures for single edits.
- It is a small network, and an optimiser finds what it overrates. A high score says that a search was good at this judge.

## How it listens
80,000 samples; )";

constexpr const char* kData = R"(
All in integers, to the definition of docs/judge-format.md.

## Data
Human: songs of a bytebeat corpus (the Dollchan library, greggman's html5bytebeat list, algorithmic-symphonies, libglitch) in
Bytebeat, Signed Bytebeat and Floatbeat mode at 8 to 48 kHz that ran in JavaScript and do not call random(); without a
star, only those of at least 16 characters. Windows from 0 s and from 16 s, rendered at the song's own rate and taken down to 8 kHz
by a windowed sinc, as one would hear them; windows whose spectrum changes by less than half an octave are drones and left out.
Neither the songs nor clips of them are part of Sotto.

Negatives. "Random programs": typed expression trees of depth 2 to 5 over t, t>>n and constants, at the songs' rates, so that the
rate is no cue. "Slow counters": the same with more t>>n. "Idioms": random programs put together from what people write (clocks,
melodies, drums, gates). Mutants: the songs with 1, 3, 6 edits of constants and operators, whose samples differ. Shuffled: human
clips with blocks of 1/8 to 1 s in random order (trained on: 1/16 to 2 s). First bar repeated: the first 1/2 to 2 s of a human clip
for ten seconds, where that changes it. Random expressions in Sotto's own language at 8 kHz. Saw melodies of one line:
t times a few small numbers in turn, at 8 kHz. Silence, tones and noise.

Five folds by author; no author and no family of remixes is both held out and trained on. One family is so large that it touches
every fold: it is trained on where its author is not held out, and never measured on.

)";

template <class T>
std::string joined(const std::vector<T>& numbers, const char* between) {
  std::string list;
  for (T n : numbers) {
    if (!list.empty()) list += between;
    list += std::is_integral_v<T> ? std::to_string(n) : format("%g", static_cast<double>(n));
  }
  return list;
}

std::string dense(const FitOptions& fit) {
  if (fit.dense_from >= fit.channels.size()) return "";
  return "; from layer " + std::to_string(fit.dense_from + 1) +
         " on three taps and no frame left out: in the judge, twice as many channels with every layer";
}

std::string shares(const Arguments& a) { return a.weights.empty() ? "" : ", weighted " + joined(a.weights, " : "); }

std::string summaries(const Arguments& a) {
  if (a.summaries == 0) return "";
  return std::to_string(a.summaries) + (a.summaries > 1 ? " networks" : " network") +
         " that hears averages over 3 s\nonly (level of 12 groups of bands, how far they lie above two thresholds, how "
         "much "
         "they rise and fall in 64 ms to half a second:\nlayers that are not learned; then " +
         std::to_string(a.hidden) + " clamped units over them: summary_net.h); beside it ";
}

std::string front(const Arguments& arguments) {
  const char* heard = arguments.fit.hop_bits == 9
                          ? "155 windows of 1,024 samples, hop 512; Hann-windowed DFT in 11-bit integers; 72"
                          : "311 windows of 512 samples, hop 256; Hann-windowed DFT in 12-bit integers; 48";
  const unsigned nets = arguments.members - arguments.summaries;
  return std::string(heard) +
         " mel bands; logarithm in 1/32\noctaves of energy above a floor at the rounding noise of 8-bit audio; " +
         summaries(arguments) + std::to_string(nets) +
         (nets > 1 ? " networks side by side, each of " : " network of ") +
         std::to_string(arguments.fit.channels.size()) + " convolutions (" + joined(arguments.fit.channels, ", ") +
         " channels,\nkernel 4, stride 2, clamped ReLU" + dense(arguments.fit) +
         ") with mean and mean square over time and one linear layer" +
         (arguments.members > 1 ? "; the mean of their outputs" + shares(arguments) : "") +
         "; a table from the output to the score.";
}

std::string margin(const Arguments& a) {
  if (largest(a.pair_weights) == 0) return "";
  return " plus a pairwise margin between a clip and its\nmutants and shuffled copies (weighted " +
         joined(a.pair_weights, ", ") + (a.pair_weights.size() > 1 ? ", by member)" : ")");
}

// Which members hear splices only, as words for people.
std::string splices(const Arguments& a) {
  std::vector<unsigned> members;
  for (unsigned m = 0; m < a.members; m++)
    if (by_member(a.splices, m)) members.push_back(m + 1);
  if (members.empty()) return "";
  return format(
      "Member %s hears splices: it\nlearns to tell clips of any kind from copies with their blocks in random order or "
      "their first bar repeated\n(labels: a quarter, and three quarters of what follows; 0; squared error of the "
      "logit), and "
      "no search attacks it while it learns. ",
      joined(members, ", ").c_str());
}

std::string training(const Arguments& arguments, const CardFacts& facts) {
  const FitOptions& fit = arguments.fit;
  std::string out = "## Training\n";
  out += format(
      "sotto-train (libtorch), seed %llu, %u epochs, one thread per fit: cross-entropy on smoothed labels%s; AdamW, "
      "one learning-rate cycle, averaged weights, dropout "
      "%.2g. Clips varied at random by up to %.1f octaves of\nloudness, %.1f of colour, %zu missing bands. ",
      static_cast<unsigned long long>(fit.seed), fit.epochs, margin(arguments).c_str(), fit.dropout,
      static_cast<double>(fit.augmentation.gain_octaves), static_cast<double>(fit.augmentation.tilt_octaves),
      fit.augmentation.masked_bands);
  if (fit.augmentation.start_samples > 0)
    out +=
        format("Three quarters start up to\n%zu samples later, and half of those are up to %.0f %% faster or slower. ",
               fit.augmentation.start_samples, 100 * static_cast<double>(fit.augmentation.speed));
  if (fit.concave) out += "Mean squares only count against a clip. ";
  if (fit.last_gain > 1) out += format("The last layer saturates at %.1f standard deviations. ", 6 / fit.last_gain);
  if (largest(arguments.late_frames) > 0)
    out += format("Half of them start up to %s frames (of 32 ms)\nlater, by member. ",
                  joined(arguments.late_frames, ", ").c_str());
  out += splices(arguments);
  if (arguments.mentor > 0)
    out += format(
        "Labels are to %.0f %% what a mentor thinks\nof a clip: boosted trees over some hundred traits (spectrum, "
        "variance, how unlike the clip "
        "is to itself some time later, how far apart\nits parts are; mentor.h, traits.h) that have not seen its "
        "author. ",
        100 * static_cast<double>(arguments.mentor));
  if (!arguments.lessons.empty())
    out += format("From the start it is trained on songs that attacks on other\njudges found, with the label %.2f. ",
                  static_cast<double>(arguments.evolved_target));
  if (arguments.searches > 0) {
    const std::string label = arguments.mentor > 0
                                  ? "what the mentor thinks of each"
                                  : format("the label %.2f", static_cast<double>(arguments.evolved_target));
    out += format(
        "Hardened while it is trained: after the %uth epoch and every %u from there on, the agents attack the network "
        "as it is\n"
        "then%s (searches: %u, of %zu songs each), and from there on it is trained on the best of them too, with %s: "
        "soft, since a\n"
        "song that fools a judge is not thereby bad.\n",
        fit.first_attack, fit.attack_every, arguments.members > 1 ? ", with those trained before it" : "",
        arguments.searches, arguments.search_evaluations, label.c_str());
  }
  out +=
      "Trained without fold 0, on which it is measured and calibrated.\nQuantised after training with the largest "
      "scale that the "
      "interval analysis admits.\n\n";
  out += "## Figures\n" + facts.clips;
  out += format(
      "%zu weights and biases beyond the bands that are not 0. The score takes %zu distinct values. Integer head "
      "against the float "
      "network, held-out\nclips: Pearson %.6f.\n\n",
      facts.weights, facts.distinct_scores, facts.pearson);
  return out;
}

std::string attacked(const CardFacts& facts) {
  std::string out = "## Known exploits\n";
  if (facts.attacks.empty()) return out + "No attack was run. An optimiser will find some.\n\n";
  out +=
      "The agents' own search (`sotto judge attack`; songs of at most 31 instructions), with the judge's unrounded "
      "output as its only\n"
      "feedback, so that the cap does not hide what lies beyond. Percentiles are ranks among held-out human clips: by "
      "this judge, and by\n"
      "judges that were trained on other folds with the same recipe and that this search never asked (gold, mean of "
      "them; they share\n"
      "front end, negatives and most songs with this one, so they are not independent enough: read their figures as "
      "optimistic). The\n"
      "song is the best of the longest search.\n\n" +
      facts.attacks + "\n";
  if (!facts.pictures.empty()) out += "Waveforms and spectrograms: " + facts.pictures + "\n\n";
  return out;
}

// Those that are left out when they say nothing.
std::string options_of(const Arguments& a) {
  std::string out;
  if (a.fit.dense_from < a.fit.channels.size()) out += format(" --dense-from %zu", a.fit.dense_from);
  if (a.fit.concave) out += " --concave yes";
  if (a.pair_weights != Arguments().pair_weights) out += " --pair-weight " + joined(a.pair_weights, ",");
  if (a.mentor > 0) out += format(" --mentor %g --attack-every %u", static_cast<double>(a.mentor), a.fit.attack_every);
  if (a.summaries > 0) out += format(" --summaries %u --hidden %u", a.summaries, a.hidden);
  if (largest(a.splices) > 0) out += " --splices " + joined(a.splices, ",");
  if (!a.weights.empty()) out += " --weights " + joined(a.weights, ",");
  if (!a.lessons.empty()) out += " --lessons SONGS";
  return out;
}

std::string made_with(const Arguments& a, const CardFacts& facts) {
  std::string out =
      "## Made with\n```\n./run train-tools\nfor pass in base random; do\n  node --experimental-permission "
      "--allow-fs-read='*' "
      "tools/render_corpus.mjs CORPUS.jsonl $pass\ndone > clips.bin\nsotto judge train --clips clips.bin --work work "
      "--judge ";
  out += a.name + ".judge --card " + a.name + ".md --name " + a.name + " --channels " + joined(a.fit.channels, ",");
  out += format(
      " --members %u --fold-members %u --epochs %u --seed %llu --folds %u --searches %u --search-evaluations %zu "
      "--first-attack %u "
      "--evolved-target %.2f --late-frames %s --start-samples %zu --speed %g --last-gain %g --hop-bits %u%s "
      "--evaluations %s --seeds %u\n```\n",
      a.members, a.fold_members, a.fit.epochs, static_cast<unsigned long long>(a.fit.seed), a.folds, a.searches,
      a.search_evaluations, a.fit.first_attack, static_cast<double>(a.evolved_target),
      joined(a.late_frames, ",").c_str(), a.fit.augmentation.start_samples,
      static_cast<double>(a.fit.augmentation.speed), a.fit.last_gain, a.fit.hop_bits, options_of(a).c_str(),
      joined(a.evaluations, ",").c_str(), a.seeds);
  out += "Digest of the clips (clips.h): `" + facts.clips_digest +
         "`. The same corpus gives the same\n"
         "clips again, with the same version of Node.\n";
  return out;
}

std::string card_text(const Arguments& arguments, const CardFacts& facts) {
  std::string out = "# " + arguments.name + "\n" + kWhat + front(arguments) + kData + training(arguments, facts);
  if (!facts.cross_validation.empty())
    out += format("Cross-validation of the recipe (float, %u network%s per fold), author- and family-disjoint:\n\n",
                  arguments.fold_members, arguments.fold_members > 1 ? "s" : "") +
           facts.cross_validation + "\n";
  if (!facts.curve.empty())
    out +=
        "Learning curve: as in the folds, fold 0 held out, trained on the songs of a quarter, half and all of the "
        "other authors:\n\n" +
        facts.curve + "\n";
  out += "This judge on fold 0:\n\n" + facts.figures + "\n" + attacked(facts) + made_with(arguments, facts);
  return out;
}

Status write_text(const std::string& path, const std::string& text) {
  return write_file_atomically(path, ByteSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

}  // namespace

Status write_judge(const Arguments& arguments, const CardFacts& facts, Network net) {
  net.card = card_text(arguments, facts);
  SOTTO_TRY_STATUS(write_file_atomically(arguments.judge, encode_judge(net)));
  const std::string page = net.card + "\nDigest (keccak256 of the file): `" + to_hex(judge_digest(net)) + "`\n";
  SOTTO_TRY_STATUS(write_text(arguments.card, page));
  std::fputs(page.c_str(), stdout);
  return ok_status();
}

}  // namespace sotto::judge::train
