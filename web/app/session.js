/**
 * What the reader asks of the worker, one thing after another. Nothing else on the page talks to it; what it answers goes
 * into the run.
 *
 * Training, measuring and reflow are long and give way to whatever is asked after them. When the worker dies, the run goes
 * on from the last checkpoint in a new one.
 */

import { Dials } from './dials.js';
import { Gauge, pointsFor } from './gauge.js';
import { Lifeline } from './lifeline.js';
import { unpack } from './parcel.js';
import { Queue } from './queue.js';
import { Run } from './run.js';

/**
 * @typedef {import('../lib/errors.js').MoonflowError} MoonflowError
 * @typedef {import('../lib/parameters.js').Value} Value
 * @typedef {import('../lib/protocol.js').Frame} Frame
 * @typedef {import('./points.js').Points} Points
 */

/** Points drawn, of data and of a settled model's samples. */
const SHOWN = 2000;
/** Samples of the final measure, and its floor. */
const MEASURED = 20_000;
/** Milliseconds between two pictures of a training model; the second where the reader asked for little motion. */
const PICTURE_MS = 250;
const CALM_PICTURE_MS = 1000;
/** Least milliseconds between two frames of a stream. */
const FRAME_MS = 40;
/** Samples and the drawn data come from streams apart from those of the training data. */
const SAMPLE_SEED = 1;
const DATA_SEED = 2;
const PAIRS_LOST =
  'The pairs this reflow learned from are not in the file. Reflow makes new ones; Reset begins anew.';
/** A diverged run is offered a learning rate this much smaller. */
const GENTLER = 0.1;

export class Session {
  /** Rows that were changed and take effect at the next reset. @type {Set<string>} */
  waiting = new Set();

  #line = new Lifeline((error) => this.#ended(error));
  #queue = new Queue();
  #changed;
  #calm;

  /**
   * @param {WebAssembly.Module} module
   * @param {{changed: () => void, calm: () => boolean}} page  `changed` is called after any public field has changed; `calm`
   *   tells whether the reader asked for little motion
   */
  constructor(module, { changed, calm }) {
    this.#changed = changed;
    this.#calm = calm;
    this.dials = new Dials(module);
    this.run = new Run(this.dials.config);
  }

  /** Whether something is on its way that the reader cannot stop. */
  get working() {
    return !this.run.busy && !this.#queue.idle;
  }

  /** Starts the worker and makes the first model. */
  open() {
    return this.#enqueue((signal) => this.#revive(signal));
  }

  /** Starts or goes on; pauses when running; a finished run begins anew. */
  start() {
    if (this.run.busy) return this.pause();
    if (this.run.phase === 'finished') this.reset();
    this.#enqueue((signal) => this.#train(signal));
  }

  /** Ends training or reflow after the step it is in. */
  pause() {
    this.#queue.interrupt();
  }

  stepOnce() {
    return this.#enqueue(async (signal) => {
      if (this.run.step >= this.run.total) return;
      const { stats, losses } = await this.#line.client.stepOnce();
      this.run.losses.append(losses);
      this.run.step = stats.step;
      await this.#settle(signal);
    });
  }

  /** Makes a new model from what the controls say. */
  reset() {
    return this.#enqueue((signal) => this.#create(signal));
  }

  /**
   * Takes a value of a control. A live row applies at once; another one begins a new model, or waits for a reset while the
   * model works. Throws when the engine's table refuses the value, and then nothing has changed.
   * @param {string} name
   * @param {Value} value
   */
  set(name, value) {
    if (!this.dials.set(name, value)) return;
    if (this.dials.row(name).live) this.#apply(name);
    else if (this.run.busy) this.waiting.add(name);
    else this.reset();
    this.#changed();
  }

  /** @param {string} name */
  usePreset(name) {
    this.dials.usePreset(name);
    return this.reset();
  }

  /** Learns the reader's own points from now on. @param {Points} points */
  usePoints(points) {
    this.dials.usePoints(points);
    return this.reset();
  }

  /**
   * Takes the model over from a file. Rejects when the file is refused; the model is then as it was.
   * @param {Uint8Array} bytes
   */
  load(bytes) {
    const work = async (/** @type {AbortSignal} */ signal) => {
      await this.#restore(bytes);
      await this.#draw(signal);
    };
    return this.#queue.add(work).finally(() => this.#changed());
  }

  /** The model as a file; a run goes on meanwhile. */
  save() {
    return this.#line.client.save();
  }

  /** Makes the paths straighter by one round. */
  straighten() {
    return this.#enqueue((signal) => this.#straighten(signal));
  }

  /** @param {AbortSignal} signal */
  async #train(signal) {
    const client = this.#line.client;
    const n = pointsFor(this.dials.nfe);
    const sample = { n, seed: SAMPLE_SEED, every_ms: this.#calm() ? CALM_PICTURE_MS : PICTURE_MS };
    const gauge = new Gauge(client, n, (quality) => {
      this.run.quality = quality;
      this.#changed();
    });
    // The length of the run is live, so it may have grown when the steps asked for are done.
    while (this.run.step < this.run.total && !signal.aborted) {
      this.run.notice = null;
      this.#enter('training');
      const steps = this.run.total - this.run.step;
      await this.#stream(signal, (take) => {
        const onFrame = (/** @type {Frame} */ frame) => {
          gauge.tick();
          return take(frame);
        };
        return client.train({ steps, sample, onFrame });
      }).finally(() => gauge.stop());
    }
    await this.#settle(signal);
  }

  /** @param {AbortSignal} signal */
  async #straighten(signal) {
    if (signal.aborted) return;
    const { run } = this;
    const client = this.#line.client;
    const oneStep = { n: SHOWN, seed: SAMPLE_SEED, solver: 'euler', steps: 1 };
    run.reflow = { ...run.reflow, before: await client.sample(oneStep), after: null };
    this.#enter('reflowing');
    const onProgress = (/** @type {import('./run.js').Reflow['progress']} */ progress) => {
      run.reflow = { ...run.reflow, progress };
      this.#changed();
    };
    try {
      const report = await this.#stream(signal, (onFrame) =>
        client.reflow({ onProgress, onFrame }),
      );
      run.report(report, report.stopped ? null : await client.sample(oneStep));
    } finally {
      run.reflow = { ...run.reflow, progress: null };
    }
    const { config, step, round } = await client.info();
    Object.assign(run, { config, step, round });
    this.dials.set('coupling', config.coupling);
    await this.#settle(signal);
  }

  /**
   * Runs a stream of the worker, which stops when the signal says so or the run is long enough.
   * @template T
   * @param {AbortSignal} signal
   * @param {(onFrame: (frame: Frame) => Promise<void>) => Promise<T>} begin
   */
  async #stream(signal, begin) {
    const halt = () => this.#line.halt();
    const take = this.run.clock();
    signal.addEventListener('abort', halt);
    try {
      return await begin((frame) => {
        take(frame);
        if (this.run.phase === 'training' && this.run.step >= this.run.total) halt();
        this.#line.keepNowAndThen();
        this.#changed();
        // The next frame comes when this settles: an eye needs no more of them, and drawing takes time from the worker.
        return new Promise((resolve) => setTimeout(resolve, FRAME_MS));
      });
    } finally {
      signal.removeEventListener('abort', halt);
    }
  }

  /**
   * Draws a still model at its best and measures it, as long as nothing else is asked.
   * @param {AbortSignal} signal
   */
  async #settle(signal) {
    const client = this.#line.client;
    this.#rest();
    this.run.samples = await client.sample({ n: SHOWN, seed: SAMPLE_SEED });
    this.run.hash = await client.digest();
    await this.#line.keep();
    this.#changed();
    if (this.run.phase !== 'ready') await this.#measure(signal);
  }

  /** @param {AbortSignal} signal */
  async #measure(signal) {
    if (signal.aborted) return;
    const onProgress = (/** @type {number} */ progress) => {
      this.run.measuring = progress;
      this.#changed();
    };
    onProgress(0);
    try {
      const options = { n: MEASURED, signal, onProgress };
      const { sw2, sw2_floor, nfe } = await this.#line.client.quality(options);
      this.run.quality = { sw2, floor: sw2_floor, n: MEASURED, nfe, final: true };
    } catch (error) {
      // Whoever interrupted the measure will measure again.
      if (!signal.aborted) throw error;
    } finally {
      this.run.measuring = null;
      this.#changed();
    }
  }

  /** @param {AbortSignal} signal */
  async #create(signal) {
    const { dials } = this;
    // A new model has no pairs: the coupling that reflow set goes with the model it belonged to.
    if (dials.config.coupling === 'paired') dials.set('coupling', 'independent');
    const extras = dials.config.data === 'points' ? { points: dials.points?.data } : {};
    this.run.begin(await this.#line.client.create(dials.config, extras));
    this.waiting.clear();
    await this.#draw(signal);
  }

  /** @param {Uint8Array} bytes */
  async #restore(bytes) {
    const info = await unpack(this.#line.client, bytes, this.dials);
    this.dials.config = info.config;
    this.run.begin(info);
    this.waiting.clear();
  }

  /** @param {AbortSignal} signal */
  async #draw(signal) {
    this.run.data = await this.#line.client.data({ n: SHOWN, seed: DATA_SEED });
    await this.#settle(signal);
  }

  /** @param {string} name  of a live row */
  #apply(name) {
    const value = this.dials.config[name];
    this.run.config = { ...this.run.config, [name]: value };
    if (!this.#line.alive) return;
    this.#line.client.set({ [name]: value }).catch((error) => this.#failed(error));
    if (this.run.busy) return;
    if (this.dials.row(name).group === 'sampling') this.#enqueue((signal) => this.#settle(signal));
    else this.#rest();
  }

  /** Starts a worker, with the model of the last checkpoint or a new one. @param {AbortSignal} signal */
  async #revive(signal) {
    try {
      await this.#line.open(async (checkpoint) => {
        if (!checkpoint) return this.#create(signal);
        await this.#restore(checkpoint);
        await this.#draw(signal);
      });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.run.notice = { text, action: { label: 'Try again', act: () => this.open() } };
      this.#enter('dead');
    }
  }

  /** @param {MoonflowError} error */
  async #ended(error) {
    this.#enter('dead');
    await this.open();
    if (!this.#line.alive) return;
    const { step } = this.run;
    const from = step > 0 ? `from its last checkpoint, after step ${step}` : 'from the start';
    this.run.notice = { text: `${error.message}. A new worker has taken the run up ${from}.` };
    this.#changed();
  }

  /** @param {(signal: AbortSignal) => Promise<void>} work */
  #enqueue(work) {
    return this.#queue
      .add(work)
      .catch((error) => this.#failed(error))
      .finally(() => this.#changed());
  }

  /** @param {unknown} error */
  #failed(error) {
    const { code, details, message } = /** @type {MoonflowError} */ (error);
    // The end of the worker is told once, by #died.
    if (code === 'aborted' || code === 'worker') return;
    if (code === 'trap') {
      this.#line.drop();
      this.#ended(/** @type {MoonflowError} */ (error));
    } else if (code === 'diverged' && details) this.#diverged(details);
    else if (code === 'diverged') this.run.notice ??= { text: message };
    else if (code === 'state' && this.run.round > 0) this.run.notice = { text: PAIRS_LOST };
    else this.run.notice = { text: message };
    if (this.run.busy) this.#rest();
    this.#changed();
  }

  /** @param {Record<string, unknown>} details */
  #diverged({ step, cause }) {
    const lr = this.dials.scaled('lr', GENTLER);
    this.#enqueue((signal) => this.#settle(signal));
    this.run.notice = {
      text: `The run diverged: in step ${Number(step) + 1} the ${cause} was no longer a finite number. That step was undone, and the model is as it was after step ${step}.`,
      action: { label: `Start again with lr ${lr}`, act: () => this.#again(lr) },
    };
  }

  /** @param {number} lr */
  #again(lr) {
    this.set('lr', lr);
    this.reset();
    this.start();
  }

  #rest() {
    this.run.rest();
    this.#changed();
  }

  /** @param {import('./run.js').Phase} phase */
  #enter(phase) {
    this.run.phase = phase;
    this.#changed();
  }
}
