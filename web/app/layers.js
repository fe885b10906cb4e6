/**
 * The layers of the stage: a chip switches each, and what is on is asked of the viewer whenever the moment it holds, the flow
 * time or the window has changed. While something is asked the stage shows what was answered last.
 */

import { html, render } from 'lit';
import { referenceOf } from '../view/arrows.js';
import { placesAt } from '../view/passage.js';
import { messageOf } from './explanation.js';
import { densityGround, errorGround } from './ground.js';
import { Lens } from './lens.js';
import { DATA_SEED } from './session.js';
import { CROWD, drawnPairs, SURVEYS } from './survey.js';
import { describe, legendOf, reasonFor, say } from './telling.js';
import { tongue } from './tongue.js';

/**
 * @typedef {import('./survey.js').Name} Name
 * @typedef {import('./survey.js').Outlook} Outlook
 * @typedef {'data' | 'samples' | Name} Layer
 *
 * What is known of a layer: what its answer depended on, the answer, what is being asked, and why there is none.
 * @typedef {{key: string, value: any, asked: string | null, fault: string}} Known
 */

/** In the order of their chips. @type {Layer[]} */
const ORDER = [
  'data',
  'samples',
  'crowd',
  'trails',
  'lattice',
  'strands',
  'learned',
  'exact',
  'error',
  'density',
];
/** Maps cover each other, so one is shown at a time. @type {Layer[]} */
const GROUNDS = ['error', 'density'];
/** Colours of the chips, by their place in the theme. @type {Record<Layer, keyof import('../view/theme.js').Theme>} */
const SWATCHES = {
  data: 'data',
  samples: 'samples',
  crowd: 'ink',
  trails: 'time',
  lattice: 'ink',
  strands: 'ink',
  learned: 'learned',
  exact: 'exact',
  error: 'error',
  density: 'density',
};

/** Multiply-adds that a map of density may cost: a tenth of a second while the model trains, a second when it stands. */
const WORK_RUNNING = 1e9;
const WORK_RESTING = 1e10;
const GRAIN_LEAST = 12;
const GRAIN_RUNNING = 32;
const GRAIN_RESTING = 72;
const CROWD_LEAST = 1000;
/** Samples at which the difference of the fields is measured. */
const WITNESSES = 500;

export class Layers {
  /** @type {Set<Layer>} */
  #on = new Set(/** @type {Layer[]} */ (['data', 'samples']));
  /** @type {Map<string, Known>} */
  #known = new Map();
  /** What the answers and faults are of: another model, or other settings, and they are forgotten. */
  #subject = '';
  /** What was laid on the stage last. @type {unknown[]} */
  #laid = [];
  #shown = '';
  /** @type {{of: unknown[], ground: import('./ground.js').Ground | undefined}} */
  #grounded = { of: [], ground: undefined };
  #revision = 0;
  /** The time of the last frame. */
  #t = 1;
  #root;
  #desk;
  #lens;
  #note;

  /**
   * @param {HTMLElement} root
   * @param {import('./main.js').Desk} desk
   */
  constructor(root, desk) {
    this.#root = root;
    this.#desk = desk;
    const [frame, tools, note] = ['lens', 'lens-tools', 'layers-note'].map(
      (id) => /** @type {HTMLElement} */ (root.ownerDocument.getElementById(id)),
    );
    this.#note = note;
    this.#lens = new Lens(frame, tools, desk.stage, desk.changed);
    desk.stage.lens = this.#lens;
  }

  draw() {
    this.#forget();
    const outlook = this.#outlook();
    if (outlook) this.#ask(outlook);
    this.#lay();
    this.#lens.draw();
    this.#drawChips();
  }

  /** What is known of one model says nothing of another. */
  #forget() {
    const { session, viewer } = this.#desk;
    const { run } = session;
    const own = viewer.moment?.startsWith(`${run.models}.`) ?? false;
    const subject = JSON.stringify([run.models, run.round, own && viewer.info?.config]);
    if (subject === this.#subject) return;
    this.#subject = subject;
    this.#known.clear();
    this.#revision += 1;
  }

  /** What there is to ask about; null while nothing is held of this model. @returns {Outlook | null} */
  #outlook() {
    const { session, viewer, stage, clock, projector } = this.#desk;
    const { run } = session;
    if (!viewer.info || !stage.scale || !viewer.moment?.startsWith(`${run.models}.`)) return null;
    const { xMin, xMax, yMin, yMax } = stage.scale.extent;
    const work = session.dials.nfe * viewer.info.parameters;
    const t = clock.t;
    // A map of a time that moves on is coarse, and asked for anew when it stands.
    const brief = run.busy || t !== this.#t;
    this.#t = t;
    const [budget, most] = brief ? [WORK_RUNNING, GRAIN_RUNNING] : [WORK_RESTING, GRAIN_RESTING];
    const grain = Math.floor(Math.sqrt(budget / work / (run.dim + 1)));
    return {
      t,
      box: [xMin, xMax, yMin, yMax],
      cells: run.busy ? GRAIN_RUNNING : GRAIN_RESTING,
      grain: Math.max(GRAIN_LEAST, Math.min(most, grain)),
      columns: Math.max(10, Math.min(24, Math.round(stage.scale.box.width / 24))),
      across: run.busy ? 41 : 97,
      crowd: Math.max(
        CROWD_LEAST,
        Math.min(CROWD, Math.floor((run.busy ? WORK_RUNNING : WORK_RESTING) / work)),
      ),
      settings: this.#settings(),
      here: run.dim === 2 ? (projector.points(t)?.subarray(0, 2 * WITNESSES) ?? null) : null,
    };
  }

  /** How samples travel; the rows of the table, of which some are live. */
  #settings() {
    const { dials, run } = this.#desk.session;
    const rows = dials.table.filter(({ group }) => group === 'sampling');
    return rows.map(({ name }) => run.config[name]).join();
  }

  /** @param {Outlook} outlook */
  #ask(outlook) {
    const { moment, info } = this.#desk.viewer;
    // A hand that zooms asks when it rests.
    if (this.#lens.moving) return;
    for (const [name, survey] of Object.entries(SURVEYS)) {
      if (!this.#on.has(/** @type {Layer} */ (name)) || this.#reason(name)) continue;
      const key = JSON.stringify([moment, ...survey.uses.map((use) => outlook[use])]);
      this.#inquire(name, key, (client, signal) => survey.ask(client, outlook, signal));
    }
    if (Number(info?.config.classes) > 0) {
      const { data, dim } = this.#desk.session.run;
      const n = this.#on.has('crowd') ? CROWD : (data?.length ?? 0) / dim;
      this.#inquire('labels', `${n}`, (client, signal) =>
        client.dataLabels({ n, seed: DATA_SEED, signal }),
      );
    }
  }

  /**
   * @param {string} name
   * @param {string} key
   * @param {(client: import('../lib/client.js').Client, signal: AbortSignal) => Promise<any>} work
   */
  async #inquire(name, key, work) {
    const known = this.#known.get(name) ?? { key: '', value: null, asked: null, fault: '' };
    this.#known.set(name, known);
    // One question at a time: while t moves, asking anew at each frame would never hear an answer.
    if (known.key === key || known.asked !== null) return;
    known.asked = key;
    try {
      const value = await this.#desk.viewer.ask(`layer ${name}`, work);
      if (value !== undefined) Object.assign(known, { key, value, fault: '' });
    } catch (error) {
      const fault = messageOf(error);
      Object.assign(known, { key, value: null, fault });
    }
    known.asked = null;
    this.#revision += 1;
    this.#desk.changed();
  }

  /** Why a layer is off whatever the reader wants; '' when it is not. @param {string} name */
  #reason(name) {
    const survey = SURVEYS[/** @type {Name} */ (name)];
    if (!survey) return '';
    const { viewer, session } = this.#desk;
    const config = viewer.info?.config ?? session.run.config;
    return reasonFor(survey, config) || (this.#known.get(name)?.fault ?? '');
  }

  /** Puts on the stage what is on and known. */
  #lay() {
    const { stage, session, clock } = this.#desk;
    const t = clock.t;
    const laid = [this.#revision, t, [...this.#on].join(), session.run.dim, tongue()];
    if (laid.every((part, i) => part === this.#laid[i])) return;
    this.#laid = laid;
    const seen = this.#seen();
    const crowd = this.#on.has('crowd') && this.#known.get('crowd')?.value;
    const { dim } = session.run;
    const masses = crowd && {
      data: crowd.data,
      samples: placesAt({ ...crowd.passage, dim }, t),
    };
    const parts = describe(seen, masses ? masses.samples.length / dim : CROWD);
    stage.lay({
      t,
      data: this.#on.has('data'),
      samples: this.#on.has('samples'),
      crowd: masses || undefined,
      dataLabels: this.#known.get('labels')?.value ?? undefined,
      ...seen,
      legend: legendOf(seen),
      words: parts,
    });
    this.#note.textContent = parts.join(' · ');
  }

  /** @returns {import('./telling.js').Seen} */
  #seen() {
    const values = Object.fromEntries(
      Object.keys(SURVEYS).map((name) => {
        const on = this.#on.has(/** @type {Layer} */ (name)) && !this.#reason(name);
        return [name, on ? (this.#known.get(name)?.value ?? undefined) : undefined];
      }),
    );
    const { trails, lattice, strands, learned, exact, error, density } = values;
    const { dim } = this.#desk.session.run;
    const scaled = exact ?? learned;
    const reference = scaled && referenceOf(scaled.velocity);
    return {
      trails: trails && { ...trails, dim },
      lattice: lattice && { ...lattice, passage: { ...lattice.passage, dim: 2 } },
      strands: strands && drawnPairs(strands, dim),
      learned: learned && { ...learned, reference },
      exact: exact && { ...exact, reference },
      ground: this.#groundOf(error, density),
    };
  }

  /**
   * Worked out once for an answer: while t moves this is asked at every frame.
   * @param {any} error
   * @param {any} density
   */
  #groundOf(error, density) {
    const of = [error, density, tongue()];
    if (of.some((part, i) => part !== this.#grounded.of[i])) {
      const ground = density ? densityGround(density) : error && errorGround(error);
      this.#grounded = { of, ground };
    }
    return this.#grounded.ground;
  }

  /** @param {Layer} name */
  #toggle(name) {
    if (this.#reason(name)) return;
    if (this.#on.has(name)) this.#on.delete(name);
    else {
      if (GROUNDS.includes(name)) for (const ground of GROUNDS) this.#on.delete(ground);
      this.#on.add(name);
    }
    // A chip answers at once, and its layer when it is there.
    this.#drawChips();
    this.#desk.changed();
  }

  #drawChips() {
    const reasons = new Map(ORDER.map((name) => [name, this.#reason(name)]));
    const theme = this.#desk.theme();
    const shown = JSON.stringify([[...this.#on], [...reasons], theme.background, tongue()]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const off = ORDER.filter((name) => reasons.get(name));
    const why = [...new Set(off.map((name) => reasons.get(name)))].map((reason) => {
      const names = off.filter((name) => reasons.get(name) === reason).map((name) => say(name));
      return say('off', names, String(reason));
    });
    render(
      html`<div class="chips" role="group" aria-label=${say('layers')}>
          ${ORDER.map((name) => this.#chip(name, Boolean(reasons.get(name))))}
        </div>
        <p id="layers-off" class="small" ?hidden=${why.length === 0}>${why.join(' ')}</p>`,
      this.#root,
    );
    for (const chip of this.#root.querySelectorAll('button')) {
      const colour = theme[SWATCHES[/** @type {Layer} */ (chip.dataset.layer)]];
      const paint = Array.isArray(colour) ? `linear-gradient(90deg, ${colour.join()})` : colour;
      chip.style.setProperty('--swatch', String(paint));
    }
  }

  /** @param {Layer} name @param {boolean} off */
  #chip(name, off) {
    return html`<button
      type="button"
      class="chip"
      data-layer=${name}
      title=${say(`${name}Help`)}
      aria-pressed=${String(this.#on.has(name) && !off)}
      aria-disabled=${String(off)}
      aria-describedby=${off ? 'layers-off' : ''}
      @click=${() => this.#toggle(name)}
    >${say(name)}</button>`;
  }
}
