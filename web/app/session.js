/**
 * What the reader asks of the worker, one thing after another. Nothing else on the page talks to it; what it answers goes
 * into the run.
 *
 * Training, measuring and reflow are long and give way to whatever is asked after them. When the worker dies, the run goes
 * on from the last checkpoint in a new one.
 */

import { isOfPairs } from '../lib/pairs.js';
import { Dials } from './dials.js';
import { diverged, explain, messageOf, setback } from './explanation.js';
import { GUIDE } from './helm.js';
import { Inquiry } from './inquiry.js';
import { Lifeline } from './lifeline.js';
import { make } from './making.js';
import { recall, remember } from './memento.js';
import { unpack } from './parcel.js';
import { Portrait, SAMPLE_SEED, SHOWN } from './portrait.js';
import { Queue } from './queue.js';
import { reflow } from './reflowing.js';
import { Run } from './run.js';
import { stream, train } from './training.js';

/**
 * @typedef {import('../lib/errors.js').MoonflowError} MoonflowError
 * @typedef {import('../lib/parameters.js').Value} Value
 */

/** The drawn data come from a stream apart from that of the training data. */
export const DATA_SEED = 2;
/** A worker that is deaf for this long is given up by a reset. */
const PATIENCE_MS = 1000;

export class Session {
  /** Rows that were changed and take effect at the next reset. @type {Set<string>} */
  waiting = new Set();
  /** How strongly the class of a sample is followed, and between which times, where that is shown. */
  guide = GUIDE;

  #line = new Lifeline({
    ended: (error) => this.#ended(error),
    kept: (bytes) => this.run.film.add(bytes, this.run.losses.latest(), performance.now()),
  });
  #queue = new Queue();
  #inquiry = new Inquiry();
  #page;
  #portrait;
  /** New models asked for so far, and how many of them have come or were passed over. */
  #asked = 0;
  #made = 0;
  /** The run that a new model has taken the place of. @type {import('./memento.js').Memento | null} */
  #before = null;

  /**
   * @param {WebAssembly.Module} module
   * @param {{changed: () => void, turned: () => void, refused: (name: string, message: string) => void}} page  `changed` is called
   *   after any public field has changed, `turned` after many dials have; `refused` hears why the model did not take a value of a
   *   control
   */
  constructor(module, page) {
    this.#page = page;
    this.dials = new Dials(module);
    this.run = new Run(this.dials.config);
    Object.assign(this.run, this.dials.sketch({ n: SHOWN, data: DATA_SEED, noise: SAMPLE_SEED }));
    this.#portrait = new Portrait(this.#line, this.run, this.dials, () => this.#changed());
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

  /** Ends training or reflow after the step it is in, and draws what it came to. */
  pause() {
    this.#enqueue((signal) => this.#portrait.draw(signal));
  }

  stepOnce() {
    return this.#enqueue(async (signal) => {
      if (this.run.step >= this.run.total) return;
      const { stats, losses } = await this.#line.client.stepOnce();
      this.run.losses.append(losses);
      this.run.step = stats.step;
      await this.#portrait.settle(signal);
    });
  }

  /** Makes a new model from what the controls say. Only the last of several that wait is made. */
  reset() {
    const turn = ++this.#asked;
    // Nothing of the old model is wanted, so a worker deep in a step of seconds need not be waited for.
    const timer = setTimeout(() => this.#line.abandon(), PATIENCE_MS);
    return this.#enqueue(async (signal) => {
      clearTimeout(timer);
      if (turn === this.#asked) await this.#create(signal);
    });
  }

  /** Whether a run can be brought back that a new model has taken the place of. */
  get undoable() {
    return this.#before !== null;
  }

  /** Brings that run back; the one at hand can then be brought back in turn. */
  undo() {
    return this.#enqueue(async (signal) => {
      const before = this.#before;
      if (!before) return;
      const now = remember(this.run);
      if (before.points) this.dials.points = before.points;
      await this.#restore(before.bytes);
      recall(this.run, before);
      this.#before = now;
      await this.#draw(signal);
    });
  }

  /**
   * Takes a value of a control. A live row applies at once; another one begins a new model, or waits for a reset while the
   * model works. Throws when the engine's table refuses the value, and then nothing has changed.
   * @param {string} name
   * @param {Value} value
   */
  set(name, value) {
    const before = this.dials.config;
    if (!this.dials.set(name, value)) return;
    if (this.dials.row(name).live) this.#apply(name, before);
    else if (this.run.busy) this.waiting.add(name);
    else this.reset();
    this.#changed();
  }

  /**
   * Turns many dials at once and makes the model that they then say. When `turn` throws, nothing has changed.
   * @param {(dials: Dials) => void} turn
   */
  use(turn) {
    turn(this.dials);
    this.#page.turned();
    return this.reset();
  }

  /**
   * Takes the model over from a file. Rejects when the file is refused; the model is then as it was.
   * @param {Uint8Array} bytes
   */
  load(bytes) {
    const work = async (/** @type {AbortSignal} */ signal) => {
      try {
        const before = remember(this.run);
        await this.#restore(bytes);
        this.run.strays.add('loaded');
        this.#before = before ?? this.#before;
      } catch (error) {
        // What this interrupted is taken up again.
        if (!this.#portrait.done) this.#enqueue((again) => this.#portrait.settle(again));
        throw error;
      }
      await this.#draw(signal);
    };
    return this.#queue.add(work).finally(() => this.#changed());
  }

  /** The model as a file, none when the worker has ended; a run goes on meanwhile. */
  save() {
    return this.ask('save', (client) => client.save());
  }

  /**
   * A question to the worker that trains, answered beside its work; see Inquiry.
   * @template T
   * @param {string} name
   * @param {(client: import('../lib/client.js').Client, signal: AbortSignal) => Promise<T>} work
   */
  async ask(name, work) {
    if (!this.#line.alive) return;
    return this.#inquiry.ask(name, (signal) => work(this.#line.client, signal));
  }

  straighten() {
    return this.#enqueue((signal) => this.#straighten(signal));
  }

  /** @param {AbortSignal} signal */
  async #train(signal) {
    await train({ ...this.#stretch(signal), portrait: this.#portrait });
    const why = this.run.step >= this.run.total ? setback(this.run.losses) : '';
    if (why) this.#offer(why);
    await this.#portrait.settle(signal);
  }

  /** @param {AbortSignal} signal */
  #stretch(signal) {
    const changed = () => this.#changed();
    return { run: this.run, line: this.#line, signal, changed };
  }

  /** @param {AbortSignal} signal */
  async #straighten(signal) {
    if (signal.aborted) return;
    if (this.#portrait.size === 0) throw new Error(explain('tooDear'));
    await reflow({
      run: this.run,
      client: this.#line.client,
      signal,
      stream: (begin) => stream(this.#stretch(signal), begin),
      began: () => this.#enter('reflowing'),
      changed: () => this.#changed(),
    });
    this.dials.set('coupling', this.run.config.coupling);
    await this.#portrait.settle(signal);
  }

  /** @param {AbortSignal} signal */
  async #create(signal) {
    const { dials } = this;
    // A new model has no pairs: the coupling that reflow set goes with the model it belonged to.
    if (isOfPairs(dials.config.coupling)) dials.set('coupling', 'independent');
    if (!this.#line.alive) return this.#revive(signal, true);
    const turn = this.#asked;
    const { points } = dials;
    const before = remember(this.run);
    try {
      const info = await make(this.#line.client, dials, () => turn === this.#asked);
      this.run.begin(info, points);
      this.#before = before ?? this.#before;
      this.waiting.clear();
    } finally {
      this.#made = turn;
    }
    await this.#draw(signal);
  }

  /** @param {Uint8Array} bytes */
  async #restore(bytes) {
    const info = await unpack(this.#line.client, bytes, this.dials);
    this.dials.config = info.config;
    this.run.begin(info, this.dials.points);
    this.waiting.clear();
  }

  /** @param {AbortSignal} signal */
  async #draw(signal) {
    this.run.data = await this.#line.client.data({ n: SHOWN, seed: DATA_SEED });
    await this.#portrait.settle(signal);
  }

  /**
   * Applies a live row to the model, unless one is coming that will take it from the dials. Throws when this model, which may
   * be another than the dials say, cannot take it.
   * @param {string} name
   * @param {import('../lib/parameters.js').Config} before  of the dials
   */
  #apply(name, before) {
    const value = this.dials.config[name];
    if (!this.#line.alive || this.#made !== this.#asked) return;
    try {
      this.dials.check(this.run.config, name, value);
    } catch (error) {
      this.dials.config = before;
      throw new Error(explain('untilReset', messageOf(error)));
    }
    const kept = this.run.config[name];
    this.run.config = { ...this.run.config, [name]: value };
    this.#line.client.set({ [name]: value }).catch((error) => this.#refused(name, kept, error));
    const sampling = this.dials.row(name).group === 'sampling';
    if (!sampling && this.run.step > 0) this.run.strays.add('turned');
    if (sampling && this.run.phase === 'training') this.#line.halt();
    if (this.run.busy) return;
    if (sampling) this.#enqueue((signal) => this.#portrait.settle(signal));
    else this.run.rest();
  }

  /**
   * The model goes on as it was: what it did not take goes back to what it had.
   * @param {string} name
   * @param {Value} kept
   * @param {MoonflowError} error
   */
  #refused(name, kept, error) {
    if (!['argument', 'state'].includes(error.code)) return this.#failed(error);
    this.dials.config = { ...this.dials.config, [name]: kept };
    this.run.config = { ...this.run.config, [name]: kept };
    this.#page.refused(name, messageOf(error));
    this.#changed();
  }

  /**
   * Starts a worker, with the model of the last checkpoint or a new one.
   * @param {AbortSignal} signal
   * @param {boolean} [anew]
   */
  async #revive(signal, anew = false) {
    try {
      await this.#line.open(async (checkpoint) => {
        if (anew || !checkpoint) return this.#create(signal);
        const { film, strays, step, round } = this.run;
        const before = remember(this.run);
        await this.#restore(checkpoint);
        // A run that lost no step has lost nothing; of one that goes back only its snapshots are still true.
        const whole = step === this.run.step && round === this.run.round;
        if (before && whole) recall(this.run, before);
        else this.run.adopt({ film, strays });
        await this.#draw(signal);
      });
    } catch (error) {
      this.run.notice = {
        text: messageOf(error),
        action: { label: explain('again'), act: () => this.open() },
      };
      this.#enter('dead');
    }
  }

  /** @param {MoonflowError} error */
  async #ended(error) {
    this.#enter('dead');
    await this.open();
    if (!this.#line.alive) return;
    const { step } = this.run;
    this.run.notice = { text: explain('revived', messageOf(error), step) };
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
    const { code, details } = /** @type {MoonflowError} */ (error);
    // The end of the worker is told once, by #ended.
    if (code === 'aborted' || code === 'worker') return;
    if (code === 'trap') {
      this.#line.drop();
      this.#ended(/** @type {MoonflowError} */ (error));
    } else if (code === 'diverged' && details) this.#diverged(details);
    else if (code === 'diverged') this.run.notice ??= { text: messageOf(error) };
    // A worker that was disposed of was given up by a reset, which makes another.
    else if (code !== 'disposed') {
      this.run.notice = {
        text: code === 'state' && this.run.round > 0 ? explain('pairsLost') : messageOf(error),
      };
    }
    if (this.run.busy) this.run.rest();
    this.#changed();
  }

  /** @param {Record<string, unknown>} details */
  #diverged(details) {
    this.#enqueue((signal) => this.#portrait.settle(signal));
    this.#offer(diverged(details));
  }

  /** Says why a run failed, with smaller rates at hand. @param {string} text */
  #offer(text) {
    const rates = this.dials.gentlerRates();
    const act = () => this.#again(rates);
    this.run.notice = { text, action: { label: explain('gentler', rates), act } };
  }

  /** @param {{name: string, value: number}[]} rates */
  #again(rates) {
    for (const { name, value } of rates) this.set(name, value);
    this.reset();
    this.start();
  }

  #changed() {
    this.#page.changed();
  }

  /** @param {import('./run.js').Phase} phase */
  #enter(phase) {
    this.run.phase = phase;
    this.#changed();
  }
}
