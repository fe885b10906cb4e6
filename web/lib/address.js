/**
 * @file A whole configuration as the fragment of a link, `data=8gaussians&steps=2000&seed=7`: the rows that differ from a
 * preset, named by `preset` unless it is the first; small own points as `points` and a small path of one's own as `curve` (see
 * packing.js). The same link gives the same bits.
 *
 * Links come from strangers and from other versions. Reading never throws: what is not understood is left out and told in
 * `faults`, and the rest is used.
 */

import { choice } from './argument.js';
import { MoonflowError, refusal, show } from './errors.js';
import { pack, packPath, unpack, unpackPath } from './packing.js';
import { isOfPairs } from './pairs.js';
import {
  parameters,
  preset,
  presets,
  presetsWithoutPoints,
  resolve,
  toNumber,
  toValue,
} from './parameters.js';
import { rehearse } from './rehearsal.js';

/** @typedef {import('./packing.js').OwnData} OwnData */
/** @typedef {import('./path.js').PathSamples} PathSamples */
/** @typedef {import('./parameters.js').Config} Config */
/** @typedef {import('./parameters.js').ParameterInfo} ParameterInfo */
/** @typedef {import('./parameters.js').Value} Value */

/**
 * @typedef {object} Content
 * @property {Config} config
 * @property {OwnData | null} [own]      the points of data 'points'
 * @property {PathSamples | null} [path] the samples of path 'custom'
 */

/** @typedef {'points' | 'curve' | 'source'} Left what a link has no room for: own points, an own path, an own source */

/** Longer links are not read: the longest that is written has two packed texts and every row. */
const LINK_MAX = 16_384;
/** A link that is wrong everywhere need not be told of everywhere. */
const FAULTS_MAX = 20;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** Keys beside the rows of the table. */
const POINTS = 'points';
const CURVE = 'curve';
const PRESET = 'preset';

/**
 * @param {WebAssembly.Module} module
 * @param {Content} content
 * @returns {{text: string, left: Left[]}} without '#'; and what it had no room for
 */
export function write(module, { config, own, path }) {
  /** @type {Left[]} */
  const left = config.source === 'points' ? ['source'] : [];
  const packed = new Map();
  if (config.data === 'points') packed.set(POINTS, own ? pack(own) : null);
  if (config.path === 'custom') packed.set(CURVE, path ? packPath(path) : null);
  for (const [key, text] of packed) if (text === null) left.push(key);
  const skipped = (/** @type {string} */ name, /** @type {Value} */ value) =>
    // Points know their own coordinates, and a round of reflow is no setting.
    (name === 'dim' && packed.get(POINTS)) || (name === 'coupling' && isOfPairs(String(value)));
  const spellings = presets(module).map((name, i) => {
    const base = preset(module, name);
    const rows = Object.entries(config).filter(
      ([row, value]) => base[row] !== value && !skipped(row, value),
    );
    return i === 0 ? rows : [[PRESET, name], ...rows];
  });
  const shortest = spellings.reduce((best, each) => (each.length < best.length ? each : best));
  const parts = [...shortest, ...[...packed].filter(([, text]) => text !== null)];
  const text = parts.map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`).join('&');
  return { text, left };
}

/**
 * @param {WebAssembly.Module} module
 * @param {string} text a fragment, with or without its '#'
 * @returns {{config: Config, own: OwnData | null, path: PathSamples | null, faults: string[]}} a configuration that the engine
 *   takes, with what belongs to it; and a sentence for each thing that was left out
 */
export function read(module, text) {
  const reading = new Reading(module, text.replace(/^#/, ''));
  const content = reading.content();
  const { faults } = reading;
  if (faults.length > FAULTS_MAX) {
    const more = faults.length - FAULTS_MAX;
    faults.splice(FAULTS_MAX, more, `and ${more} more that are wrong in the same link`);
  }
  return { ...content, faults };
}

class Reading {
  /** @type {string[]} */
  faults = [];
  /** What the link gives, still to be proved together. @type {Map<string, Value>} */
  #wanted = new Map();
  /** @type {OwnData | null} */
  #own = null;
  /** @type {PathSamples | null} */
  #path = null;
  #module;
  #table;
  #preset;

  /**
   * @param {WebAssembly.Module} module
   * @param {string} text
   */
  constructor(module, text) {
    this.#module = module;
    this.#table = parameters(module);
    this.#preset = presets(module)[0];
    for (const [key, value] of this.#entries(text)) {
      this.#trying(() => this.#take(key, value));
    }
  }

  /** @returns {{config: Config, own: OwnData | null, path: PathSamples | null}} */
  content() {
    this.#fitPoints();
    this.#fitPath();
    if (this.#wanted.get('source') === 'points') {
      this.#drop('source: got "points"; no link holds them, load a file of weights', 'source');
    }
    const coupling = this.#wanted.get('coupling');
    if (isOfPairs(String(coupling))) {
      const allowed = 'any that a new model can have; reflow sets this one';
      this.#drop(String(refusal('coupling', coupling, allowed).message), 'coupling');
    }
    return this.#proved() ?? this.#bare();
  }

  /**
   * The keys with their values as they stand, each once.
   * @param {string} text
   */
  #entries(text) {
    if (text.length > LINK_MAX) {
      this.faults.push(`link: got ${text.length} characters; allowed are ${LINK_MAX}`);
      return [];
    }
    const given = [...new URLSearchParams(text)];
    const twice = new Set(
      given.map(([key]) => key).filter((key, i, keys) => keys.indexOf(key) !== i),
    );
    for (const key of twice) {
      this.faults.push(`${name(key)}: got it more than once; allowed is one value`);
    }
    return given.filter(([key]) => !twice.has(key));
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  #take(key, value) {
    if (key === POINTS) this.#own = unpack(value);
    else if (key === CURVE) this.#path = unpackPath(value);
    else if (key === PRESET) {
      // The points of another would have to come with it, and have no room in a link.
      choice(PRESET, value, presetsWithoutPoints(this.#module));
      this.#preset = value;
    } else {
      const row = this.#table.find((each) => each.name === key);
      if (row) this.#wanted.set(key, valueIn(row, value));
      else {
        const allowed = `preset, ${POINTS}, ${CURVE} and the settings of this version`;
        this.faults.push(`${name(key)}: no such setting; allowed are ${allowed}`);
      }
    }
  }

  /** Own points come with their data set and coordinates, or not at all. */
  #fitPoints() {
    if (this.#own) {
      const data = this.#wanted.get('data');
      if (data === 'points') this.#wanted.set('dim', this.#own.dim);
      else {
        this.#own = null;
        this.faults.push(`${POINTS}: got some; allowed only beside data=points`);
      }
    } else if (this.#wanted.get('data') === 'points') {
      const message = 'data: got "points"; the points are not in the link, so load them';
      this.#drop(message, 'data', 'dim', 'classes');
    }
  }

  #fitPath() {
    const custom = this.#wanted.get('path') === 'custom';
    if (custom && !this.#path) {
      this.#drop('path: got "custom"; its samples are not in the link, so load them', 'path');
    } else if (this.#path && !custom) {
      this.#path = null;
      this.faults.push(`${CURVE}: got one; allowed only beside path=custom`);
    }
  }

  /** The configuration with its own data, unless an engine would refuse them; then the fault is told. */
  #proved() {
    const config = this.#agreed();
    const own = config.data === 'points' ? this.#own : null;
    const path = config.path === 'custom' ? this.#path : null;
    // Where two rows contradict each other, the one that own data stand on may be the one that went.
    if ((config.data === 'points') !== (own !== null)) return undefined;
    const labels = Number(config.classes) > 0 ? own?.labels : undefined;
    const extras = { points: own?.points, labels, path: path ?? undefined };
    return this.#trying(() => {
      if (own && own.dim !== config.dim) throw refusal('dim', config.dim, `${own.dim}, as points`);
      rehearse(this.#module, config, extras);
      return { config, own, path };
    });
  }

  /** The configuration without own data. */
  #bare() {
    for (const key of ['data', 'dim', 'classes', 'path']) this.#wanted.delete(key);
    return { config: this.#agreed(), own: null, path: null };
  }

  /**
   * Takes what the engine takes together. Rules tie rows to each other: when all do not agree, the one without which they do is
   * left out; when there is no such one, each that does not fit what has been taken so far.
   */
  #agreed() {
    const whole = this.#resolved([...this.#wanted]);
    if (whole.config) return whole.config;
    for (const [key] of this.#wanted) {
      const others = [...this.#wanted].filter(([each]) => each !== key);
      const { config } = this.#resolved(others);
      if (!config) continue;
      this.#drop(whole.message, key);
      return config;
    }
    return this.#gathered();
  }

  #gathered() {
    /** @type {[string, Value][]} */
    let taken = [];
    let waiting = [...this.#wanted];
    for (let before = -1; before !== taken.length; ) {
      before = taken.length;
      for (const entry of waiting) {
        if (this.#resolved([...taken, entry]).config) taken = [...taken, entry];
      }
      waiting = waiting.filter((entry) => !taken.includes(entry));
    }
    for (const entry of waiting) this.#drop(this.#resolved([...taken, entry]).message, entry[0]);
    return /** @type {Config} */ (this.#resolved(taken).config);
  }

  /** @param {[string, Value][]} entries */
  #resolved(entries) {
    try {
      const partial = { preset: this.#preset, ...Object.fromEntries(entries) };
      return { config: resolve(this.#module, partial), message: '' };
    } catch (error) {
      return { config: null, message: messageOf(error) };
    }
  }

  /**
   * @param {string} message
   * @param {...string} keys
   */
  #drop(message, ...keys) {
    this.faults.push(message);
    for (const key of keys) this.#wanted.delete(key);
  }

  /**
   * What `work` gives; undefined when it refuses, and then the refusal is among the faults.
   * @template T
   * @param {() => T} work
   */
  #trying(work) {
    try {
      return work();
    } catch (error) {
      this.faults.push(messageOf(error));
      return undefined;
    }
  }
}

/** A key from a stranger, short. @param {string} key */
function name(key) {
  return show(key);
}

/** @param {unknown} error */
function messageOf(error) {
  if (error instanceof MoonflowError) return error.message;
  throw error;
}

/**
 * @param {ParameterInfo} row
 * @param {string} text
 */
function valueIn(row, text) {
  if (row.kind === 'choice') return toValue(row, toNumber(row, text));
  if (row.kind === 'switch') {
    if (text !== 'true' && text !== 'false') throw refusal(row.name, text, 'true or false');
    return text === 'true';
  }
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return toValue(row, toNumber(row, value));
  const kind = row.kind === 'integer' ? 'an integer' : 'a number';
  throw refusal(row.name, text, `${kind} from ${row.min} to ${row.max}`);
}
