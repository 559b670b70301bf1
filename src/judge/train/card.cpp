// SPDX-License-Identifier: Apache-2.0
#include "judge/train/card.h"

#include <cstdio>

namespace sotto::judge::train {
namespace {

constexpr const char* kWhat = R"(# ear-20k

A judge of ten seconds of sound, 0 to 10: how much does this clip resemble bytebeat that people made, rather than random or
randomly altered code? 5.00 is the median of the held-out human clips; 10.00, the cap, is the 99.9th percentile of all human
clips, those that were trained on included, since a few hundred held-out ones give no stable percentile.
Every figure on this card was measured by sotto-train when it wrote the judge.

## What it does not claim
- It does not know what you like. Nobody rated anything for it.
- It knows one style, one community, and clips of ten seconds. Long forms, words, and everything that is not bytebeat are foreign to it.
- A song altered in one place still sounds made by a person: see the figures for single edits.
- It is a small network, and an optimiser finds what it overrates. A high score says that a search was good at this judge.

## How it listens
80,000 samples; 311 windows of 512 samples, hop 256; Hann-windowed DFT in 12-bit integers; 48 mel bands; logarithm in 1/32
octaves of energy above a floor at the rounding noise of 8-bit audio; three convolutions (40 channels, kernel 4, stride 2, clamped
ReLU); mean and mean square over time; one linear layer; a table from its output to the score. All in integers, to the definition of
docs/judge-format.md.

## Data
Human: the songs of a bytebeat corpus (the Dollchan library, greggman's html5bytebeat list, algorithmic-symphonies, libglitch) in
Bytebeat, Signed Bytebeat and Floatbeat mode at 8 to 48 kHz that ran in JavaScript, taken down to 8 kHz by the nearest earlier
value, as a port of the song would be. The corpus also holds its authors' sketches: a bare `t` counts as human. Neither the songs
nor clips of them are part of Sotto. Negatives: random expressions at the songs' rates and at 8 kHz; random programs put together
from the idioms of bytebeat (clocks, melodies, drums, gates); mutants of the songs (1, 3, 6 edits of constants and operators; the
training side also has 2, 4, 8, filed under the nearest); human clips with blocks of 1/8 to 1 s in random order; silence, tones
and noise. Training side only: more windows of the same songs, also played 25 % slower to 33 % faster.

Three sides, split by author and group of relatives (tools/render_corpus.mjs): no author and no family of remixes is both held out
and trained on; songs that would have linked those sides were left out. The validation side shares no author and no family with the
training side proper. Every eighth clip of no song is on the validation side, too.

## Training
)";

constexpr const char* kChosen = R"(
Settings were chosen by the highest mean on the validation side, by candidates trained on the training side alone; the shipped network
was then trained with those settings on both and on the songs that link them. The held-out side chose nothing in this run. An earlier
version of this judge compared variants on the same held-out songs, among them the kinds of negatives used here: read the figures as
slightly optimistic.
)";

constexpr const char* kGiven = R"(Trained on the training and the validation side and the songs that link them. The settings were given, not chosen on the validation
side: variants of training had been compared on the held-out side, so its figures are slightly optimistic.
)";

constexpr const char* kStored = R"(The float network was trained in an earlier run of sotto-train and read from its file; it was quantised, calibrated, measured and
attacked in this run.
)";

constexpr const char* kAfterwards = R"(The held-out side also sets the scale of the score (the median above, and 0.50 for the 5th percentile of its random expressions).
Quantised after training with the largest scale that the interval analysis admits.

## Figures
)";

constexpr const char* kExploits = R"(
## Known exploits
The best of random expressions, and of a plain genetic search that starts from them (population 48, tournaments of 3, scores as the
only feedback; songs of at most 31 instructions). It finds what the network overrates. No defence (several networks, a guard of
typicality) is part of this judge. Its layers hear 0.7 s at a time and the head averages over time, so the order of longer blocks
hardly counts.

)";

constexpr const char* kAgain = R"(
## Made with
```
cmake -S . -B build-train -G Ninja -DCMAKE_BUILD_TYPE=Release -DSOTTO_TRAIN=ON && ninja -C build-train sotto-train
for pass in base extra idioms; do
  node --experimental-permission --allow-fs-read='*' tools/render_corpus.mjs CORPUS.jsonl $pass
done > clips.bin
)";

std::string number(float value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", static_cast<double>(value));
  return text;
}

std::string described(const CardFacts& facts) {
  const Augmentation& a = facts.chosen;
  return "sotto-train (libtorch), seed " + std::to_string(facts.fit.seed) + ", " + std::to_string(facts.fit.epochs) +
         " epochs, " + std::to_string(facts.fit.threads) +
         " threads: cross-entropy on smoothed labels plus a pairwise margin between a clip and its altered\nrelatives; AdamW, one "
         "learning-rate cycle, averaged weights. Settings \"" + a.name + "\": clips varied at random by up to " +
         number(a.gain_octaves) + " octaves of\nloudness, " + number(a.tilt_octaves) + " of colour, " +
         std::to_string(a.masked_bands) + " missing bands, " + std::to_string(a.start_frames) + " frames of start, " +
         std::to_string(a.masked_frames) + " missing frames.\n";
}

std::string command(const CardFacts& facts) {
  return "build-train/src/judge/train/sotto-train --clips clips.bin --judge ear-20k.judge --card ear-20k.md --epochs " +
         std::to_string(facts.fit.epochs) + " --seed " + std::to_string(facts.fit.seed) + " --threads " +
         std::to_string(facts.fit.threads) + (facts.validation.empty() ? std::string(" --settings ") + facts.chosen.name : "") +
         "\n```\nDigest of the clips (clips.h): `" + facts.clips_digest +
         "`. Songs that call Math.random, songs at the time limit of\nthe renderer and the order of floating-point sums differ from "
         "run to run: so do the digests, and a little the figures.\n";
}

}  // namespace

std::string card_text(const CardFacts& facts) {
  const std::string choice = facts.validation.empty() ? kGiven : "\n" + facts.validation + kChosen;
  return kWhat + described(facts) + choice + (facts.stored ? kStored : "") + kAfterwards + facts.figures + kExploits +
         facts.attacks + kAgain + command(facts);
}

}  // namespace sotto::judge::train
