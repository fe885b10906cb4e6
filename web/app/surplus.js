/**
 * What no network can remove from the loss, its floor, and by how much the loss exceeds it. Both are asked of the viewer, so
 * that they do not slow the training, and they stay a small part of its work.
 */

/**
 * @typedef {import('./session.js').Session} Session
 * @typedef {import('./viewer.js').Viewer} Viewer
 * @typedef {import('../lib/parameters.js').PartialConfig} Batch
 */

/** Least milliseconds between two measures of the excess, and their largest share of the time. */
const PAUSE_MS = 250;
const SHARE = 0.2;
/** Losses that a measure is the mean of, as EXCESS_STEPS of web/lib/oracle.js. */
const LOSSES = 100;

export class Surplus {
  /** The floor of the loss; null where there is none, undefined as long as it is not known. @type {number | null | undefined} */
  floor = undefined;
  #session;
  #viewer;
  #changed;
  /** What the floor that is known, or asked for, depends on. */
  #key = '';
  #next = 0;
  #measured = '';

  /** @param {{session: Session, viewer: Viewer, changed: () => void}} desk */
  constructor({ session, viewer, changed }) {
    this.#session = session;
    this.#viewer = viewer;
    this.#changed = changed;
  }

  /** Asks for what is not known yet; called once a frame. */
  update() {
    const { run, dials } = this.#session;
    const { moment } = this.#viewer;
    const [model, round, step] = (moment ?? '').split('.').map(Number);
    if (moment === null || model !== run.models || round !== run.round) return;
    const rows = dials.table.filter(({ group, live }) => live && group === 'batch');
    const batch = Object.fromEntries(rows.map(({ name }) => [name, run.config[name]]));
    const key = `${model}.${round} ${Object.values(batch)}`;
    if (key !== this.#key) this.#seek(key, batch);
    else if (typeof this.floor === 'number') this.#measure(moment, step, batch);
  }

  /**
   * @param {string} key
   * @param {Batch} batch  rows that may have changed since the weights were kept
   */
  async #seek(key, batch) {
    this.#key = key;
    this.floor = undefined;
    try {
      const floor = await this.#viewer.ask('floor', async (client) => {
        await client.set(batch);
        return client.floor();
      });
      if (key !== this.#key) return;
      if (floor === undefined) this.#key = '';
      else this.floor = floor ? floor.loss_floor : null;
    } catch {
      this.floor = null;
    }
    this.#changed();
  }

  /**
   * @param {string} moment
   * @param {number} step
   * @param {Batch} batch
   */
  async #measure(moment, step, batch) {
    const { annals, losses } = this.#session.run;
    const began = performance.now();
    if (moment === this.#measured || began < this.#next) return;
    const last = losses.upTo(step, LOSSES);
    if (last.length === 0) return;
    this.#next = Number.POSITIVE_INFINITY;
    try {
      const answer = await this.#viewer.ask('excess', async (client) => {
        await client.set(batch);
        return client.excess(last);
      });
      if (answer) annals.excess.add(step, answer.excess);
      this.#measured = moment;
    } catch {
      // A network that is no longer finite has no excess; the run says so itself.
      this.#measured = moment;
    }
    const took = performance.now() - began;
    const pause = Math.max(PAUSE_MS, took / SHARE) - took;
    this.#next = performance.now() + pause;
    this.#changed();
    // A page that stands still draws no frame, and the last moment is still to be measured.
    setTimeout(this.#changed, pause + 1);
  }
}
