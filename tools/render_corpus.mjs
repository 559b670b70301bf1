// SPDX-License-Identifier: Apache-2.0
// Training clips for sotto-train: human songs of a corpus and negatives, 80,000 unsigned 8-bit samples each.
//
//   node --experimental-permission --allow-fs-read='*' tools/render_corpus.mjs CORPUS.jsonl base > clips.bin
//   node --experimental-permission --allow-fs-read='*' tools/render_corpus.mjs CORPUS.jsonl random >> clips.bin
//   node --experimental-permission --allow-fs-read='*' tools/render_corpus.mjs CORPUS.jsonl extra >> clips.bin    (optional)
//
// "base" is the songs, their mutants and shuffled blocks, and two kinds of random programs; "random" is plain random
// expressions. "extra" is only trained on: more windows of the songs, some of them faster or slower, and more mutants.
// It evaluates foreign JavaScript. The permission flag takes files, processes and threads away; it does not take the
// network away, and the word filter below is no sandbox: run it where nothing can be lost.
//
// CORPUS.jsonl: one song per line with id, author, group, mode, sample_rate, code, js_ref, rating (and expr_type if not infix).
// Output, per clip: one line "kind <TAB> split <TAB> song <TAB> rate <TAB> second <TAB> author <TAB> group <TAB> stars <TAB>
// pass <TAB> fold <TAB> change", then 80,000 bytes.
//   kind    human, mutant1, mutant3, mutant6 (edits), shuffled, random, shifts, idioms
//   split   test: fold 0; train: the other folds; kin: of another fold, but related to a song of fold 0
//   song, author, group   numbers; -1: made from no song
//   stars   of the library's moderators, -1: none given
//   fold    0 to 4, by author; -1: of a family so large that it touches every fold (train on it, never measure on it)
//   change  how much the sound changes in the clip, in octaves of energy (the function `change`)
// A song is heard at its own rate and taken down to 8 kHz by a windowed sinc, as a person would hear it. Random
// expressions get the rates of the songs, so the rate is no cue. Which songs count as human: see `curated` and MIN_CHANGE.
// Deterministic, for one version of Node, as long as the limit of CPU time decides nothing by chance: the last line of the standard
// error says how much of it the slowest clip used, and how many were stopped.
import fs from 'fs';
import vm from 'vm';

import {cpuTimes, withinCpuTime} from './cpu_limit.mjs';

const [, , corpusPath, pass = 'base'] = process.argv;
const CLIP = 80000, RATE = 8000, WINDOWS = [0, 16], MAX_MUTATED_CHARS = 700;
const EXTRA_WINDOWS = [[8, 1], [32, 1], [4, 0.8], [24, 1.25]];  // second, speed
const FOLDS = 5, LARGE_FAMILY = 0.1, CPU_MS = 30_000;  // far above what ends at all
const MIN_CHARS = 16;     // shorter ones without a star are sketches of a player's syntax, not songs
const MIN_CHANGE = 0.5;   // octaves; what hardly changes in ten seconds is a drone, whoever wrote it

let state = 1;
const random = () => {  // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let z = Math.imul(state ^ (state >>> 15), 1 | state);
  z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
  return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
};
const below = n => Math.floor(random() * n), pick = a => a[below(a.length)];
const hash = s => {  // FNV-1a
  let h = 0x811c9dc5;
  for (let i = 0; i < s.length; i++) h = Math.imul(h ^ s.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
};

const FORBIDDEN =
    /process|require|import|globalThis|constructor|fetch|eval|Function|prototype|window|this\b|while\s*\(\s*1|for\s*\(\s*;\s*;/;
const MODES = {'Bytebeat': 0, 'Signed Bytebeat': 1, 'Floatbeat': 2};
const curated = s => s.rating > 0 || s.code.length >= MIN_CHARS;
const songs = fs.readFileSync(corpusPath, 'utf8').trim().split('\n').map(line => JSON.parse(line)).filter(
    s => s.mode in MODES && !['rpn', 'random', 'timeout', 'throws'].includes(s.js_ref) && s.sample_rate >= RATE &&
         s.sample_rate <= 48000 && !FORBIDDEN.test(s.code) && !/random/.test(s.code) && curated(s));

// Folds by author (songs without one: by group).
const names = new Map();
const numbered = name => names.get(name) ?? (names.set(name, names.size), names.size - 1);
function assignFolds() {
  const size = new Map();
  for (const s of songs) {
    size.set(s.group, (size.get(s.group) || 0) + 1);
    s.authorName = s.author ? `author ${s.author}` : `group ${s.group}`;
    s.fold = hash(`${s.authorName} fold 1`) % FOLDS;
  }
  const large = s => size.get(s.group) > LARGE_FAMILY * songs.length;
  const held = new Set(songs.filter(s => s.fold === 0 && !large(s)).map(s => s.group));
  for (const s of songs) {
    s.split = s.fold === 0 ? (large(s) ? 'kin' : 'test') : held.has(s.group) ? 'kin' : 'train';
    s.large = large(s);
  }
}

const ownGlobals = new Set(Object.getOwnPropertyNames(globalThis));
ownGlobals.add('__run').add('__f');
const mathNames = Object.getOwnPropertyNames(Math);
function compile(code, timeout) {
  for (const k of Object.getOwnPropertyNames(globalThis))
    if (!ownGlobals.has(k)) delete globalThis[k];
  const body = code.trim().replace(/;+\s*$/, '');
  const source = `((${mathNames.join(',')},int)=>function(t){return 0,${body}\n;})(${
      mathNames.map(k => 'Math.' + k).join(',')},Math.floor)`;
  return vm.runInThisContext(source, {timeout});
}

// The byte a player outputs for one value of the song; NaN repeats the one before.
function level(v, mode, last) {
  if (Array.isArray(v)) return (level(v[0], mode, last) + level(v.length > 1 ? v[1] : v[0], mode, last)) / 2;
  v = +v;
  if (Number.isNaN(v)) return last;
  if (mode === 0) return v & 255;
  if (mode === 1) return (v + 128) & 255;
  return Math.max(0, Math.min(255, (Math.max(-1, Math.min(1, v)) + 1) * 127.5));
}
// `count` samples from t = first on; a song with a memory sees every t from 0 on.
globalThis.__run = (f, first, count, mode, pure) => {
  const out = new Float32Array(count);
  if (!pure)
    for (let t = 0; t < first; t++) f(t);
  for (let i = 0, last = 128; i < count; i++) out[i] = last = level(f(first + i), mode, last);
  return out;
};

// Hann-windowed sinc, cut off at 0.46 of the new rate, 8 of its samples to either side, 64 phases.
const PHASES = 64, CUTOFF = 0.46, REACH = 8, kernels = new Map();
function kernel(ratio) {
  if (kernels.has(ratio)) return kernels.get(ratio);
  const half = Math.ceil(REACH * ratio), table = [];
  for (let p = 0; p <= PHASES; p++) {
    const row = new Float32Array(2 * half + 1);
    let sum = 0;
    for (let j = 0; j < row.length; j++) {
      const d = j - half - p / PHASES, z = 2 * CUTOFF / ratio * d;
      row[j] = (z === 0 ? 1 : Math.sin(Math.PI * z) / (Math.PI * z)) * Math.max(0, 0.5 + 0.5 * Math.cos(Math.PI * d / (half + 1)));
      sum += row[j];
    }
    table.push(row.map(w => w / sum));
  }
  kernels.set(ratio, {half, table});
  return kernels.get(ratio);
}
// The first CLIP samples at RATE.
function resampled(x, ratio) {
  const out = new Uint8Array(CLIP);
  if (ratio <= 1) return out.map((_, i) => Math.round(x[Math.floor(i * ratio)]));
  const {half, table} = kernel(ratio);
  for (let i = 0; i < CLIP; i++) {
    const centre = Math.floor(i * ratio), row = table[Math.round((i * ratio - centre) * PHASES)], from = centre - half;
    let sum = 0;
    if (from >= 0 && from + row.length <= x.length)
      for (let j = 0; j < row.length; j++) sum += row[j] * x[from + j];
    else
      for (let j = 0; j < row.length; j++) sum += row[j] * x[Math.max(0, Math.min(x.length - 1, from + j))];
    out[i] = Math.max(0, Math.min(255, Math.round(sum)));
  }
  return out;
}
function render(code, mode, rate, second, pure) {
  const count = Math.ceil(CLIP * rate / RATE) + 1;
  const samples = withinCpuTime(CPU_MS, timeout => {
    globalThis.__f = compile(code, timeout);
    return vm.runInThisContext(`__run(__f,${Math.floor(second * rate)},${count},${mode},${pure})`, {timeout});
  });
  return resampled(samples, rate / RATE);
}

// Standard deviation over time of the log energy, mean of 20 bands of Hann-windowed 512-sample frames 80 to the clip.
const COSINE = Float64Array.from({length: 512}, (_, i) => Math.cos(2 * Math.PI * i / 512));
function spectrum(clip, at) {  // energies of 256 bins, radix 2
  const re = new Float64Array(512), im = new Float64Array(512);
  for (let i = 0; i < 512; i++) {
    let r = 0;
    for (let b = 0, v = i; b < 9; b++, v >>= 1) r = r << 1 | (v & 1);
    re[r] = (clip[at + i] - 128) * (0.5 - 0.5 * COSINE[i]);
  }
  for (let n = 2; n <= 512; n *= 2)
    for (let k = 0; k < n / 2; k++) {
      const c = COSINE[k * (512 / n)], s = -COSINE[(k * (512 / n) + 384) & 511];
      for (let i = k; i < 512; i += n) {
        const j = i + n / 2, x = re[j] * c - im[j] * s, y = re[j] * s + im[j] * c;
        re[j] = re[i] - x, im[j] = im[i] - y, re[i] += x, im[i] += y;
      }
    }
  return re.subarray(0, 256).map((v, i) => v * v + im[i] * im[i]);
}
function change(clip) {
  const BANDS = 20, edges = Array.from({length: BANDS + 1}, (_, b) => Math.round(2 + 254 * (b / BANDS) ** 2));
  const sum = new Float64Array(BANDS), squares = new Float64Array(BANDS), frames = 79;
  for (let i = 0; i < frames; i++) {
    const energy = spectrum(clip, i * 1000 + 200);
    for (let b = 0; b < BANDS; b++) {
      let e = 64;
      for (let k = edges[b]; k < Math.max(edges[b] + 1, edges[b + 1]); k++) e += energy[k];
      const l = Math.log2(e);
      sum[b] += l / frames, squares[b] += l * l / frames;
    }
  }
  return sum.reduce((a, m, b) => a + Math.sqrt(Math.max(0, squares[b] - m * m)) / BANDS, 0);
}

const OPERATORS = ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>'];
const constant = () => String(random() < 0.5 ? 1 + below(16) : 1 + below(255)), counter = () => `(t>>${1 + below(14)})`;
// Typed expression trees. What is measured against: 60 % of the leaves are t, 12 % slow counters, 28 % constants.
const PLAIN = {stop: 0.12, leaf: () => random() < 0.6 ? 't' : random() < 0.3 ? counter() : constant()};
// More slow counters: nearer to what people write.
const SHIFTS = {stop: 0.1, leaf: () => random() < 0.6 ? random() < 0.6 ? 't' : counter() : constant()};
function randomExpression(depth, grammar) {
  if (depth <= 0 || random() < grammar.stop) return grammar.leaf();
  const op = pick(OPERATORS);
  let right = randomExpression(depth - 1, grammar);
  if (op === '<<' || op === '>>') right = String(1 + below(15));
  if (op === '%' || op === '/') right = random() < 0.7 ? String(1 + below(64)) : `((${right})|1)`;
  return `(${randomExpression(depth - 1, grammar)}${op}${right})`;
}

// Songs made of the idioms of bytebeat (clocks, pitches, melodies, gates, envelopes, drums, sections, two voices) by chance.
const LIKED = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 24, 31, 32, 42, 63, 64, 85, 96, 127, 128, 170, 255, 1023, 4096];
const clock = () => `(t>>${6 + below(9)})`;
const pitch = () => pick(['t', `(t>>${1 + below(4)})`, `(t*${2 + below(11)})`, `(t*${2 + below(11)})`]);
const multiplier = () => pick([
  () => `(${pick(LIKED)}&${clock()})`, () => `(${clock()}&${clock()})`, () => `(${clock()}|${clock()})`,
  () => `((${clock()}&${(2 << below(5)) - 1})^${1 + below(16)})`, () => `((${clock()}&${pick(LIKED)})+${1 + below(8)})`,
])();
function melody() {
  const notes = Array.from({length: 4 << below(3)}, () => pick([6, 8, 9, 10, 12, 15, 16, 18, 20, 24, 30, 32, 36, 48]));
  return `(t*[${notes}][${clock()}&${notes.length - 1}]>>${2 + below(4)})`;
}
function idiom(depth) {
  const voice = () => idiomatic(depth - 1), mask = (64 << below(2)) - 1;
  return pick([
    pitch, () => `(t*${multiplier()})`, melody, () => `(${pitch()}&${clock()})`, () => `(${voice()}&${clock()})`,
    () => `(${voice()}>>(${clock()}&${(2 << below(5)) - 1}))`, () => `(${1 << (13 + below(7))}/((t&${(1024 << below(4)) - 1})+${1 + below(64)}))`,
    () => `(${clock()}&${1 << below(4)}?${voice()}:${voice()})`, () => `((${voice()}&${mask})+(${voice()}&${mask}))`,
  ])();
}
function idiomatic(depth) {
  if (depth <= 0 || random() < 0.12) return random() < 0.65 ? 't' : String(pick(LIKED));
  if (random() < 0.45) return idiom(depth);
  const op = pick(['+', '+', '-', '*', '*', '/', '%', '&', '&', '&', '|', '|', '^', '^', '>>', '>>', '>>', '<<']);
  if (op === '<<' || op === '>>') return `(${idiomatic(depth - 1)}${op}${1 + below(op === '>>' ? 13 : 4)})`;
  if ((op === '/' || op === '%') && random() < 0.8) return `(${idiomatic(depth - 1)}${op}${1 + pick(LIKED)})`;
  return `(${idiomatic(depth - 1)}${op}${idiomatic(depth - 1)})`;
}

function mutate(code, edits) {
  const tokens =
      code.match(/0x[0-9a-f]+|\d+\.?\d*(?:e-?\d+)?|[A-Za-z_$][\w$]*|>>>|<<|>>|[+\-*\/%&|^]|\s+|./gi) || [];
  const numbers = [], operators = [];
  tokens.forEach((k, i) => {
    if (/^\d/.test(k)) numbers.push(i);
    else if (/^(>>>|<<|>>|[+*\/%&|^\-])$/.test(k)) operators.push(i);
  });
  for (let e = 0; e < edits; e++) {
    if (numbers.length && (random() < 0.5 || !operators.length)) {
      const i = pick(numbers), v = Number(tokens[i]) || 0;
      tokens[i] = String(random() < 0.5 ? below(Math.max(2, 2 * v + 2)) : Math.round(v * (0.5 + random()) * 100) / 100);
    } else if (operators.length) {
      tokens[pick(operators)] = pick(OPERATORS);
    }
  }
  return tokens.join('');
}

// Blocks of 1/8 to 1 s in random order: the same sounds without their form.
function shuffled(clip) {
  const size = pick([1000, 2000, 4000, 8000]), order = [...Array(CLIP / size).keys()];
  for (let i = order.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  const out = new Uint8Array(CLIP);
  order.forEach((from, to) => out.set(clip.subarray(from * size, (from + 1) * size), to * size));
  return out;
}

const deviation = clip => {
  let sum = 0, squares = 0;
  for (const v of clip) sum += v, squares += v * v;
  return Math.sqrt(Math.max(0, squares / CLIP - (sum / CLIP) ** 2));
};
const counts = {};
const writeAll = bytes => {
  for (let done = 0; done < bytes.length;) done += fs.writeSync(1, bytes, done, bytes.length - done);
};
function emit(kind, song, rate, second, clip) {
  const fold = song ? song.large ? -1 : song.fold : below(FOLDS);
  const who = song ? [song.split, song.index, rate, second, numbered(song.authorName), numbered(song.group), song.rating ?? -1] :
                     [fold === 0 ? 'test' : 'train', -1, rate, second, -1, -1, -1];
  writeAll(Buffer.from(`${[kind, ...who, pass, fold, change(clip).toFixed(3)].join('\t')}\n`));
  writeAll(clip);
  counts[kind] = (counts[kind] || 0) + 1;
}
function attempt(make) {
  try {
    const clip = make();
    if (deviation(clip) >= 2) return clip;
  } catch {
    // does not compile, throws or takes too long: no clip
  }
  counts.dropped = (counts.dropped || 0) + 1;
  return null;
}

// Windows of a song, and mutants of it at the same places.
function songClips(song, windows, severities) {
  const mode = MODES[song.mode], pure = song.js_ref === 'ok', human = [];
  const places = [];
  for (const [second, speed] of windows) {
    const rate = Math.round(song.sample_rate * speed);
    const clip = attempt(() => render(song.code, mode, rate, second, pure));
    if (!clip) break;
    if (human.some(h => Buffer.compare(h, clip) === 0)) continue;  // the song repeats itself
    human.push(clip);
    places.push([second, rate]);
    const mixed = pass === 'base' && shuffled(clip);
    if (change(clip) < MIN_CHANGE) {
      counts.still = (counts.still || 0) + 1;
      continue;
    }
    emit('human', song, rate, second, clip);
    if (mixed) emit('shuffled', song, rate, second, mixed);
  }
  if (!human.length || song.code.length > MAX_MUTATED_CHARS) return;
  for (const edits of severities) {
    const k = below(places.length), [second, rate] = places[k];
    const code = mutate(song.code, edits);
    const clip = attempt(() => render(code, mode, rate, second, pure));
    if (clip && !human.some(h => Buffer.compare(h, clip) === 0))
      emit(edits < 2 ? 'mutant1' : edits < 5 ? 'mutant3' : 'mutant6', song, rate, second, clip);
  }
}
function randomClips(count, kind, make) {
  for (let k = 0; k < count; k++) {
    const code = make(), rate = pick(songs).sample_rate, second = pick(WINDOWS);
    const clip = attempt(() => render(code, 0, rate, second, true));
    if (clip) emit(kind, null, rate, second, clip);
  }
}

assignFolds();
songs.forEach((song, i) => {
  song.index = i;
  numbered(song.authorName), numbered(song.group);
});
for (const song of songs) {
  state = hash(`${song.id} ${pass}`);
  if (pass === 'random') {
    randomClips(4, 'random', () => randomExpression(2 + below(4), PLAIN));
  } else {
    if (pass === 'base') songClips(song, WINDOWS.map(second => [second, 1]), [1, 3, 6]);
    else songClips(song, EXTRA_WINDOWS, [1, 2, 4, 8]);
    if (pass === 'base') randomClips(3, 'shifts', () => randomExpression(2 + below(5), SHIFTS));
    randomClips(2, 'idioms', () => idiomatic(2 + below(4)));
  }
  if (song.index % 50 === 0) process.stderr.write(`song ${song.index} of ${songs.length}\n`);
}
const test = songs.filter(s => s.split === 'test').length;
process.stderr.write(JSON.stringify({songs: songs.length, test, ...counts, cpu_ms: cpuTimes}) + '\n');
