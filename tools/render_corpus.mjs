// SPDX-License-Identifier: Apache-2.0
// Training clips for sotto-train: human songs of a corpus and negatives, 80,000 unsigned 8-bit samples each.
//
//   node --experimental-permission --allow-fs-read='*' tools/render_corpus.mjs CORPUS.jsonl base  > base.bin
//   node --experimental-permission --allow-fs-read='*' tools/render_corpus.mjs CORPUS.jsonl extra > extra.bin
//   node --experimental-permission --allow-fs-read='*' tools/render_corpus.mjs CORPUS.jsonl idioms > idioms.bin
//   cat base.bin extra.bin idioms.bin > clips.bin
//
// "base" is what is measured on; "extra" only adds to the training side: more windows of pure songs, also played faster
// and slower, more mutants, random expressions and plain sounds. "idioms" are random programs in the manner of a genetic
// programmer that knows bytebeat.
// It evaluates foreign JavaScript. The permission flag takes files, processes and threads away; it does not take the
// network away, and the word filter below is no sandbox: run it where nothing can be lost.
//
// CORPUS.jsonl: one song per line with id, author, group, mode, sample_rate, code, js_ref (and expr_type if not infix).
// Output, per clip: one line "kind <TAB> split <TAB> song <TAB> rate <TAB> second", then 80,000 bytes.
//   kind   human, mutant1, mutant3, mutant6 (edits), shuffled, random, idioms, plain
//   split  test: held out; songs of one author or one group, and all that is made from them, are on one side.
//          Otherwise train, valid or kin: valid shares neither author nor group with train, kin is what would link them,
//          and all three are trained on once the settings are chosen. Clips of no song are train or test only.
// t counts at the song's own rate; the clip takes the nearest earlier value 8,000 times per second, as a port of the
// song to 8 kHz would. Random expressions get the rates of the songs, so the rate is no cue. Deterministic, but for songs
// that call Math.random and for those that run into the time limit, which are dropped.
import fs from 'fs';
import vm from 'vm';

const [, , corpusPath, pass = 'base'] = process.argv;
const CLIP = 80000, RATE = 8000, WINDOWS = [0, 8, 16, 32], MAX_MUTATED_CHARS = 500;
const EXTRA_WINDOWS = [[4, 1], [48, 1], [0, 0.75], [20, 0.87], [10, 1.16], [0, 1.33]];  // second, speed
const TEST_SHARE = 0.3, VALID_SHARE = 0.16, TIMEOUT_MS = 1500;

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
const eligible = fs.readFileSync(corpusPath, 'utf8').trim().split('\n').map(line => JSON.parse(line)).filter(
    s => s.mode in MODES && s.js_ref !== 'rpn' && s.sample_rate >= RATE && s.sample_rate <= 48000 && !FORBIDDEN.test(s.code));

// Authors (songs without one: groups) are drawn for a side with this share and named `name`; the rest keep theirs. What
// would link the sides becomes `link`: songs of a group that the drawn side has, and songs of drawn authors in a group so
// large that it must stay behind.
function draw(list, share, salt, name, link, large) {
  const drawn = s => hash(`${s.author ? `author ${s.author}` : `group ${s.group}`} ${salt}`) % 1000 < 1000 * share;
  const groups = new Set(list.filter(s => drawn(s) && !large(s)).map(s => s.group));
  for (const s of list) {
    if (drawn(s)) s.split = large(s) ? link : name;
    else if (groups.has(s.group)) s.split = link;
  }
}
function assignSplits(list) {
  const size = new Map();
  for (const s of list) size.set(s.group, (size.get(s.group) || 0) + 1), s.split = 'train';
  const large = s => size.get(s.group) > 0.1 * list.length;
  draw(list, TEST_SHARE, 'split 2', 'test', null, large);  // songs that link the held-out side to the rest are dropped
  draw(list.filter(s => s.split === 'train'), VALID_SHARE, 'valid 1', 'valid', 'kin', large);
  return list.filter(s => s.split);
}
const held = song => song.split === 'test' ? 'test' : 'train';

const ownGlobals = new Set(Object.getOwnPropertyNames(globalThis));
ownGlobals.add('__run').add('__f');
const mathNames = Object.getOwnPropertyNames(Math);
function compile(code) {
  for (const k of Object.getOwnPropertyNames(globalThis))
    if (!ownGlobals.has(k)) delete globalThis[k];
  const body = code.trim().replace(/;+\s*$/, '');
  const source = `((${mathNames.join(',')},int)=>function(t){return 0,${body}\n;})(${
      mathNames.map(k => 'Math.' + k).join(',')},Math.floor)`;
  return vm.runInThisContext(source, {timeout: 500});
}

// The byte a player outputs for one value of the song; NaN repeats the one before.
function level(v, mode, last) {
  if (Array.isArray(v)) return (level(v[0], mode, last) + level(v.length > 1 ? v[1] : v[0], mode, last)) >> 1;
  v = +v;
  if (Number.isNaN(v)) return last;
  if (mode === 0) return v & 255;
  if (mode === 1) return (v + 128) & 255;
  return Math.max(0, Math.min(255, Math.round((Math.max(-1, Math.min(1, v)) + 1) * 127.5)));
}
globalThis.__run = (f, first, rate, mode, pure) => {
  const out = new Uint8Array(CLIP);
  let last = 128, next = first;
  for (let i = 0; i < CLIP; i++) {
    const t = first + Math.floor(i * rate / RATE);
    if (!pure)  // a song with a memory must see every t
      for (; next < t; next++) f(next);
    next = t + 1;
    out[i] = last = level(f(t), mode, last);
  }
  return out;
};
function render(code, mode, rate, second, pure) {
  globalThis.__f = compile(code);
  return vm.runInThisContext(`__run(__f,${second * rate},${rate},${mode},${pure})`, {timeout: TIMEOUT_MS});
}

const OPERATORS = ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>'];
function randomExpression(depth) {
  if (depth <= 0 || random() < 0.1) {
    if (random() < 0.6) return random() < 0.6 ? 't' : `(t>>${1 + below(14)})`;
    return String(random() < 0.5 ? 1 + below(16) : 1 + below(255));
  }
  const op = pick(OPERATORS);
  let right = randomExpression(depth - 1);
  if (op === '<<' || op === '>>') right = String(1 + below(15));
  if (op === '%' || op === '/') right = random() < 0.7 ? String(1 + below(64)) : `((${right})|1)`;
  return `(${randomExpression(depth - 1)}${op}${right})`;
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

// Half of them plain trees, half simple combinations of masks and shifts of t.
function randomProgram() {
  if (random() < 0.5) return randomExpression(2 + below(5));
  const atom = () => pick([
    () => `t*${1 + below(12)}`, () => `t>>${1 + below(13)}`, () => `(t*${1 + below(12)}&t>>${1 + below(13)})`,
    () => `t*(${1 + below(64)}&t>>${6 + below(9)})`, () => `(t>>${1 + below(7)}|t>>${4 + below(10)})`,
    () => `t%${1 + below(255)}`, () => `t*(t>>${5 + below(10)})`, () => String(1 + below(127)),
  ])();
  let code = `(${atom()})`;
  for (let k = below(6); k > 0; k--) {
    const op = pick(OPERATORS), right = op === '<<' || op === '>>' ? 1 + below(9) : op === '%' || op === '/' ? 1 + below(127) : `(${atom()})`;
    code = `(${code}${op}${right})`;
  }
  return code;
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

// Silence, constants, tones, noise of several amplitudes and colours.
function plain(which) {
  const out = new Uint8Array(CLIP), amplitude = 1 + below(127), hold = 1 + below(30), period = 2 + below(400);
  let walk = 128;
  for (let i = 0; i < CLIP; i++) {
    if (which === 0) out[i] = amplitude * 2;
    else if (which === 1) out[i] = i % hold ? out[i - 1] : 128 + Math.round((random() * 2 - 1) * amplitude);
    else if (which === 2) out[i] = i % period < period / 2 ? 128 + amplitude : 128 - amplitude;
    else if (which === 3) out[i] = 128 + Math.round(amplitude * Math.sin(2 * Math.PI * i / period));
    else out[i] = walk = Math.max(0, Math.min(255, walk + Math.round((random() * 2 - 1) * hold)));
  }
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
function emit(kind, split, song, rate, second, clip) {
  writeAll(Buffer.from(`${kind}\t${split}\t${song}\t${rate}\t${second}\n`));
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

function songClips(song, index) {
  const mode = MODES[song.mode], rate = song.sample_rate, pure = song.js_ref === 'ok', human = [];
  for (const second of WINDOWS) {
    const clip = attempt(() => render(song.code, mode, rate, second, pure));
    if (!clip) break;
    if (human.some(h => Buffer.compare(h, clip) === 0)) continue;  // the song repeats itself
    human.push(clip);
    emit('human', song.split, index, rate, second, clip);
  }
  if (!human.length) return;
  emit('shuffled', song.split, index, rate, 0, shuffled(pick(human)));
  if (song.code.length > MAX_MUTATED_CHARS) return;
  for (const edits of [1, 1, 3, 3, 6, 6]) {
    const code = mutate(song.code, edits), second = pick(WINDOWS);
    const clip = attempt(() => render(code, mode, rate, second, pure));
    if (clip && !human.some(h => Buffer.compare(h, clip) === 0)) emit(`mutant${edits}`, song.split, index, rate, second, clip);
  }
}

function randomClips(count, split, kind, make) {
  for (let k = 0; k < count; k++) {
    const code = make(), rate = random() < 0.5 ? pick(songs).sample_rate : RATE, second = pick(WINDOWS);
    const clip = attempt(() => render(code, 0, rate, second, true));
    if (clip) emit(kind, split, -1, rate, second, clip);
  }
}

function extraClips(song, index) {
  const mode = MODES[song.mode], pure = song.js_ref === 'ok', human = [];
  const split = song.split === 'train' ? 'train' : 'kin';  // validation is on the clips of "base" alone
  if (pure) {
    for (const [second, speed] of EXTRA_WINDOWS) {
      const rate = Math.round(song.sample_rate * speed);
      const clip = attempt(() => render(song.code, mode, rate, second, pure));
      if (!clip) break;
      if (human.some(h => Buffer.compare(h, clip) === 0)) continue;
      human.push(clip);
      emit('human', split, index, rate, second, clip);
    }
    for (const edits of song.code.length <= MAX_MUTATED_CHARS ? [1, 2, 4, 8] : []) {
      const code = mutate(song.code, edits), second = pick(WINDOWS), [, speed] = pick(EXTRA_WINDOWS);
      const rate = Math.round(song.sample_rate * speed), clip = attempt(() => render(code, mode, rate, second, pure));
      const same = attempt(() => render(song.code, mode, rate, second, pure));
      const kind = edits < 2 ? 'mutant1' : edits < 5 ? 'mutant3' : 'mutant6';
      if (clip && !(same && Buffer.compare(same, clip) === 0)) emit(kind, split, index, rate, second, clip);
    }
    if (human.length) emit('shuffled', split, index, song.sample_rate, 0, shuffled(pick(human)));
  }
  randomClips(8, 'train', 'random', randomProgram);
  emit('plain', 'train', -1, RATE, 0, plain(index % 5));
}

const songs = assignSplits(eligible);
for (let i = 0; i < songs.length; i++) {
  state = hash(`${songs[i].id} ${pass}`);
  if (pass === 'base') {
    songClips(songs[i], i);
    randomClips(5, random() < TEST_SHARE ? 'test' : 'train', 'random', randomProgram);
    if (i % 4 === 0) emit('plain', held(songs[i]), -1, RATE, 0, plain((i / 4) % 5));
  } else if (pass === 'extra' && songs[i].split !== 'test') {
    extraClips(songs[i], i);
  }
  if (pass === 'idioms') randomClips(4, random() < TEST_SHARE ? 'test' : 'train', 'idioms', () => idiomatic(2 + below(4)));
  if (i % 50 === 0) process.stderr.write(`song ${i} of ${songs.length}\n`);
}
process.stderr.write(JSON.stringify({eligible: eligible.length, songs: songs.length, test: songs.filter(s => s.split === 'test').length, valid: songs.filter(s => s.split === 'valid').length, ...counts}) + '\n');
