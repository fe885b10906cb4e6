/**
 * A network that learns the handwritten digits, in a worker of its own that starts when the reader asks for it: what it makes of
 * every digit while it learns, and the way of one digit from noise.
 */

import { spawn } from '../lib/spawn.js';
import { explain, messageOf } from './explanation.js';
import { Inquiry } from './inquiry.js';
import { Losses } from './losses.js';

/**
 * @typedef {import('../lib/client.js').Client} Client
 * @typedef {import('../lib/protocol.js').Frame} Frame
 * @typedef {{points: Float32Array, n: number, dim: number, labels: Int32Array, images: import('../lib/images.js').Images,
 *   real: Float32Array[]}} Lesson
 * @typedef {'idle' | 'loading' | 'training' | 'halting' | 'paused' | 'finished'} Phase
 */

export const CLASSES = 10;
/** Images of each digit that are made. */
export const EACH = 8;
/** Rows of the way of one digit, and the times it is shown at. */
export const WAYS = 3;
export const STOPS = 8;
/** Milliseconds between two looks at a network that learns, and between two frames. */
const LOOK_MS = 400;
const FRAME_MS = 40;
const SEED = 1;

/** The digits in order, EACH of each. */
const LABELS = Int32Array.from({ length: CLASSES * EACH }, (_, i) => Math.floor(i / EACH));

export class Pupil {
  /** @type {Phase} */
  phase = 'idle';
  /** Why it does not go on; '' when it does. */
  fault = '';
  step = 0;
  total = 0;
  losses = new Losses();
  /** The digit whose way is shown, and how strongly the class leads. */
  digit = 3;
  guidance = 2;
  /** Real images, a row of pixels for each digit. @type {Float32Array[] | null} */
  real = null;
  /** Images that were made, the step of the network, and how it was led. @type {{pixels: Float32Array, step: number, guidance: number} | null} */
  made = null;
  /** [WAYS, STOPS] images of one digit from noise on. @type {{pixels: Float32Array, times: number[], digit: number, guidance: number} | null} */
  way = null;
  #inquiry = new Inquiry();
  /** @type {Client | null} */
  #client = null;
  #lookedMs = 0;
  #changed;

  /** @param {() => void} changed  called after any public field has changed */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Begins or goes on; pauses while it learns; begins anew when it has learned all. */
  async start() {
    if (this.phase === 'loading' || this.phase === 'halting') return;
    if (this.phase === 'training') return this.#halt();
    try {
      if (!this.#client) await this.#open();
      if (this.phase === 'finished') await this.#again();
      await this.#train();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** @param {number} digit */
  choose(digit) {
    this.digit = digit;
    this.#look('way');
  }

  /** @param {number} guidance */
  lead(guidance) {
    this.guidance = guidance;
    this.#look('made');
    this.#look('way');
  }

  async #open() {
    this.#enter('loading');
    this.fault = '';
    const lesson = learn();
    // Heard below, where there is a worker to be given back.
    lesson.catch(() => {});
    const client = await spawn({ onExit: (error) => this.#failed(error) });
    this.#client = client;
    const { points, labels, images, dim, real } = await lesson;
    const config = { preset: 'digits', dim };
    const info = await client.create(config, { points, labels, images });
    this.real = real;
    this.total = Number(info.config.steps);
    await this.#rest();
  }

  async #again() {
    await this.#client?.reset();
    this.step = 0;
    this.losses = new Losses();
  }

  async #train() {
    const client = /** @type {Client} */ (this.#client);
    this.#enter('training');
    const onFrame = (/** @type {Frame} */ { step, losses }) => {
      this.step = step;
      this.losses.append(losses);
      if (performance.now() - this.#lookedMs > LOOK_MS) this.#lookAll();
      this.#changed();
      return new Promise((resolve) => setTimeout(resolve, FRAME_MS));
    };
    await client.train({ steps: this.total - this.step, onFrame });
    await this.#rest();
  }

  #halt() {
    this.#enter('halting');
    this.#client?.stop().catch((error) => this.#failed(error));
  }

  /** Shows what a network that stands still makes. */
  async #rest() {
    await this.#lookAll();
    this.#enter(this.step >= this.total ? 'finished' : 'paused');
  }

  #lookAll() {
    this.#lookedMs = performance.now();
    return Promise.all([this.#look('made'), this.#look('way')]);
  }

  /** @param {'made' | 'way'} what */
  async #look(what) {
    const client = this.#client;
    if (!client) return this.#changed();
    const { step, digit, guidance } = this;
    /** @type {(client: Client, look: Look) => Promise<object>} */
    const ask = what === 'made' ? make : walk;
    try {
      const seen = await this.#inquiry.ask(what, (signal) =>
        ask(client, { step, digit, guidance, signal }),
      );
      if (seen) Object.assign(this, { [what]: seen });
      this.#changed();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The worker goes with what it failed at; the next start begins with another. @param {unknown} error */
  #failed(error) {
    this.fault = messageOf(error);
    this.#client?.dispose();
    this.#client = null;
    this.step = 0;
    this.losses = new Losses();
    this.#enter('idle');
  }

  /** @param {Phase} phase */
  #enter(phase) {
    this.phase = phase;
    this.#changed();
  }
}

/**
 * The digits as scribe.js prepares them.
 * @returns {Promise<Lesson>}
 */
function learn() {
  const scribe = new Worker(new URL('./scribe.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    scribe.addEventListener('message', ({ data }) => resolve(data));
    scribe.addEventListener('error', () => {
      scribe.terminate();
      reject(new Error(explain('undelivered')));
    });
  });
}

/**
 * @typedef {{step: number, digit: number, guidance: number, signal: AbortSignal}} Look
 */

/**
 * EACH images of every digit, from the same noise every time.
 * @param {Client} client
 * @param {Look} look
 */
async function make(client, { step, guidance, signal }) {
  const options = { n: LABELS.length, seed: SEED, labels: LABELS, guidance, signal };
  const pixels = await client.pixels(await client.sample(options));
  return { pixels, step, guidance };
}

/**
 * WAYS images of one digit at STOPS times from noise on.
 * @param {Client} client
 * @param {Look} look
 */
async function walk(client, { digit, guidance, signal }) {
  const options = { n: WAYS, seed: SEED, label: digit, guidance, signal };
  const { times, path } = await client.trajectory(options);
  const size = path.length / times.length;
  const dim = size / WAYS;
  const chosen = Array.from({ length: STOPS }, (_, i) =>
    Math.round((i * (times.length - 1)) / (STOPS - 1)),
  );
  const points = new Float32Array(WAYS * STOPS * dim);
  for (let way = 0; way < WAYS; way++) {
    chosen.forEach((at, stop) => {
      const from = at * size + way * dim;
      points.set(path.subarray(from, from + dim), (way * STOPS + stop) * dim);
    });
  }
  return {
    pixels: await client.pixels(points),
    times: chosen.map((i) => times[i]),
    digit,
    guidance,
  };
}
