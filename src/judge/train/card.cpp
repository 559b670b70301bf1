// SPDX-License-Identifier: Apache-2.0
#include "judge/train/card.h"

namespace sotto::judge::train {
namespace {

constexpr const char* kWhat = R"(# ear-20k

A judge of ten seconds of sound, 0 to 10: how much does this clip resemble bytebeat that people made, rather than random or
randomly altered code? 5.00 is the median of held-out human clips; 10.00, the cap, is the 99.9th percentile of all
human clips, those of the training side included (there are eight times as many, and they score higher).

## What it does not claim
- It does not know what you like. The stars that human songs got are not predictable from ten seconds of sound; nobody tried here.
- It knows one style, one community, and clips of ten seconds. Long forms, words, and everything that is not bytebeat are foreign to it.
- A song altered in one place still sounds made by a person, so against single edits it is little better than a coin (see below).
- It is a small network, and an optimiser finds what it overrates. A high score says that a search was good at this judge.

## How it listens
80,000 samples; 311 windows of 512 samples, hop 256; Hann-windowed DFT in 12-bit integers; 48 mel bands; logarithm in 1/32
octaves of energy above a floor at the rounding noise of 8-bit audio; three convolutions (40 channels, kernel 4, stride 2, clamped
ReLU); mean and mean square over time; one linear layer; a table from its output to the score. All in integers, to the definition of
docs/judge-format.md.

## Data
Human: the shared part of a bytebeat corpus (the Dollchan library, greggman's html5bytebeat list, algorithmic-symphonies, libglitch):
the songs of Bytebeat, Signed Bytebeat and Floatbeat mode at 8 to 48 kHz that ran in JavaScript, sampled down to 8 kHz by taking the
nearest earlier value. The corpus also holds its authors' sketches: a bare `t` counts as human. Neither the songs nor clips of them are
part of Sotto. Negatives: random expressions at the songs' rates and at 8 kHz; random programs put together from the
idioms of bytebeat (clocks, melodies, drums, gates), as a genetic programmer starts with; mutants of the songs (1, 3, 6 edits
of constants and operators; the training side also has 2, 4, 8, filed under the nearest), human clips with blocks of 1/8 to 1 s in random order, and silence, tones and
noise. Training side only: more windows of the same songs, also played 25 % slower to 33 % faster.

Split by author and group of relatives: no author and no family of remixes is on both sides; songs that would have linked the sides were
left out (tools/render_corpus.mjs). Some variants of training were
compared on the held-out side, so its figures are slightly optimistic.

## Training
)";

constexpr const char* kFigures = R"(

## Figures
)";

constexpr const char* kExploits = R"(
## Known exploits
Measured on the weights of 2026-11-22 (one seed): the best of 1,000 random programs of the contest's own grammar scores 9.17 (median
1.89, 99th percentile 6.16), and a plain genetic search from there reaches the cap of 10.00 within 1,000 more evaluations, with
`t*(((t>>8)&15)^7)` minus a constant: a stepped scale, above every held-out human clip (best 7.63). It finds what the network overrates. No
defence (several networks, a guard of typicality) is part of this judge. Blocks of a song in another order are hardly noticed:
the network hears 0.7 s at a time.
)";

}  // namespace

std::string card_text(const std::string& figures, unsigned epochs, uint64_t seed) {
  const std::string training =
      "sotto-train (libtorch), seed " + std::to_string(seed) + ", " + std::to_string(epochs) +
      " epochs: cross-entropy on smoothed labels plus a pairwise margin between a clip and its altered relatives; AdamW,\n"
      "one learning-rate cycle, averaged weights; loudness, colour and missing bands varied at random.\n"
      "Quantised after training with the largest scale that the interval analysis admits.";
  return kWhat + training + kFigures + figures + kExploits;
}

}  // namespace sotto::judge::train
