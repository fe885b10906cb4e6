/// <reference types="vite/client" />

/**
 * Ties the page together: the session asks the worker, the pieces draw what is known, and one frame is drawn however many
 * things have changed since the last.
 */

import { compile } from '../lib/loader.js';
import { dark, light } from '../view/theme.js';
import { lack, leisure, onceSeen, store } from './arrival.js';
import { Bearings } from './bearings.js';
import { namesOf } from './categories.js';
import { Clock } from './clock.js';
import { Controls } from './controls.js';
import { explain, messageOf } from './explanation.js';
import { download, upload } from './files.js';
import { onResize } from './footprint.js';
import { listen } from './keys.js';
import { Layers } from './layers.js';
import { Link } from './link.js';
import { nameIn } from './meanings.js';
import { Preferences } from './preferences.js';
import { Projector } from './projector.js';
import { Scrubbers } from './scrubbers.js';
import { Session } from './session.js';
import { Stage } from './stage.js';
import { Status, write } from './status.js';
import { figure, words } from './tongue.js';
import { Viewer } from './viewer.js';

/**
 * @typedef {import('./field.js').Value} Value
 *
 * What a panel works with. A panel is a section of the page that draws itself, with Lit, into its root: it is told to whenever
 * anything has changed, and returns quickly when that is nothing of its own.
 * @typedef {object} Desk
 * @property {Session} session   the run and the worker that trains it
 * @property {Viewer} viewer     a worker for looking: it holds one moment of the run
 * @property {Clock} clock       the flow time that is shown
 * @property {Projector} projector  the moment that is shown, and where the points are in it
 * @property {Stage} stage       the large picture
 * @property {() => void} changed   asks for a drawing of the whole page in the next frame
 * @property {() => import('../view/theme.js').Theme} theme  of this moment
 *
 * @typedef {{draw: () => void}} Panel
 * @typedef {new (root: HTMLElement, desk: Desk) => Panel} PanelClass
 */

/**
 * The panels that are there from the first, by the id of the section each fills: two lie on the stage, and the link says what
 * the run is. The others come with panels.js.
 * @type {Record<string, PanelClass>}
 */
const FIRST = { scrubbers: Scrubbers, layers: Layers, link: Link };

/** How often the flow plays by itself after the first training. */
const LAPS = 2;

const still = matchMedia('(prefers-reduced-motion: reduce)');

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element #${id}.`);
  return found;
}

/** @param {string} id */
const button = (id) => /** @type {HTMLButtonElement} */ (element(id));

/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (element(id));

/** @param {string} sentence */
function refuse(sentence) {
  element('status').textContent = say('nothing');
  element('notice-text').textContent = sentence;
  element('notice').hidden = false;
}

class Page {
  #dirty = false;
  #preferences;
  #bearings = new Bearings(element('bearings'), element('skip'));
  #desk;
  #session;
  #stage = new Stage(/** @type {HTMLCanvasElement} */ (element('stage')));
  #status = new Status(element);
  #clock = new Clock(() => this.#invalidate());
  #projector;
  /** The page trains by itself at first, and then shows what was learned. */
  #premiere = !still.matches;
  #stored = false;
  #controls;
  /** @type {Panel[]} */
  #panels;
  /** Frames to come before the stage is first drawn; whether the panels after it have been asked for. */
  #frames = 2;
  #unfolded = false;

  /**
   * @param {WebAssembly.Module} module
   * @param {Preferences} preferences
   */
  constructor(module, preferences) {
    this.#preferences = preferences;
    const changed = () => this.#invalidate();
    this.#session = new Session(module, {
      changed,
      turned: () => this.#controls.clear(),
      refused: (name, message) => this.#controls.fault(name, message),
    });
    const viewer = new Viewer(changed);
    const look = { changed, calm: () => still.matches };
    this.#projector = new Projector(this.#session, viewer, look);
    const shown = { stage: this.#stage, clock: this.#clock, projector: this.#projector };
    this.#desk = { session: this.#session, viewer, ...shown, changed, theme: () => this.#theme };
    this.#panels = Object.entries(FIRST).map(([id, Panel]) => new Panel(element(id), this.#desk));
    const form = /** @type {HTMLFormElement} */ (element('controls'));
    this.#controls = new Controls(form, this.#session.dials, {
      onChange: (name, value) => this.#set(name, value),
      onPreset: (name) => this.#session.use((dials) => dials.usePreset(name)),
    });
    this.#wireButtons();
    this.#wireFiles();
    preferences.changed = changed;
    onResize(changed);
    this.#session.open();
    if (this.#premiere) onceSeen(() => this.#session.start());
    this.#invalidate();
  }

  get #theme() {
    return this.#preferences.dark ? dark : light;
  }

  #invalidate() {
    if (this.#dirty) return;
    this.#dirty = true;
    requestAnimationFrame(() => {
      this.#dirty = false;
      this.#draw();
    });
  }

  #draw() {
    const { run, dials, waiting } = this.#session;
    if (this.#premiere && run.phase === 'finished') {
      this.#premiere = false;
      this.#clock.play(LAPS);
    }
    // Fetching every file once more can wait until nothing is learned.
    if (!this.#stored && !this.#premiere && !run.busy && run.phase !== 'starting') {
      this.#stored = true;
      store();
    }
    this.#clock.tick(performance.now());
    this.#projector.update();
    this.#stage.show(this.#scene);
    // The panels come first: they lay on the stage what is drawn now.
    if (this.#frames < 2) for (const panel of this.#panels) panel.draw();
    const { solver, solver_steps } = dials.config;
    write(
      element('stage-caption'),
      run.unseen
        ? say('dear', figure(dials.nfe))
        : say('caption', nameIn('solver', String(solver)), figure(Number(solver_steps))),
    );
    this.#status.draw(run);
    this.#controls.show(dials, waiting);
    this.#drawButtons();
    this.#bearings.draw();
    this.#drawStage();
  }

  /**
   * The stage comes last, with what the panels have laid on it. When the page opens, the words come first, what lies around the
   * stage in the next frame, then the stage, and the other panels when there is a model to show, or none will come.
   */
  #drawStage() {
    if (this.#frames > 0) {
      this.#frames -= 1;
      return this.#invalidate();
    }
    this.#stage.draw(this.#theme);
    if (this.#unfolded || this.#session.run.phase === 'starting') return;
    this.#unfolded = true;
    this.#unfold();
  }

  /** Each panel comes in a frame of its own, and all but the first when the first training has no more need of the frames. */
  async #unfold() {
    try {
      const { PANELS } = await import('./panels.js');
      for (const [id, Panel] of Object.entries(PANELS)) {
        this.#panels.push(new Panel(element(id), this.#desk));
        this.#invalidate();
        await new Promise(requestAnimationFrame);
        if (id === 'graphs') await leisure(() => this.#premiere);
      }
    } catch (error) {
      element('absent').textContent = say('partial', messageOf(error));
      element('absent').hidden = false;
    }
  }

  /** What the stage shows of the moment and the time that the scrubbers point at. */
  get #scene() {
    const { run } = this.#session;
    const { data, noise, unseen, dim } = run;
    const { t } = this.#clock;
    const { way } = this.#projector;
    if (unseen || !way || way.dim !== dim) {
      return { data, samples: unseen ? null : noise, dim, samplesLabel: say('noise') };
    }
    const there = way.step > 0 || way.round > 0 ? say('samples') : say('untrained');
    const samplesLabel = t === 0 ? say('noise') : t < 1 ? say('between', t.toFixed(2)) : there;
    const sampleLabels = way.labels;
    const classed = { sampleLabels, classNames: namesOf(run) };
    return { data, samples: this.#projector.points(t), dim, samplesLabel, ...classed };
  }

  #drawButtons() {
    const { phase, busy, round, reflow, hash, halting } = this.#session.run;
    document.body.dataset.phase = this.#session.working ? 'working' : phase;
    const alive = phase !== 'starting' && phase !== 'dead';
    button('start').disabled = !alive || phase === 'reflowing' || halting;
    write(button('start'), say(START[phase]));
    button('step').disabled = !alive || busy || phase === 'finished';
    button('reset').disabled = !alive;
    const { undoable } = this.#session;
    // A button that goes while it has the focus leaves it to the one beside it.
    if (!undoable && document.activeElement === button('undo')) button('reset').focus();
    button('undo').hidden = !undoable;
    write(button('undo'), say('undo'));
    button('undo').title = say('undone');
    button('undo').disabled = !alive;
    button('reflow').disabled = !alive || (busy && phase !== 'reflowing') || phase === 'ready';
    write(button('reflow'), reflowLabel(phase, round));
    button('save-picture').disabled = !alive;
    button('save-drawing').disabled = !alive;
    button('save-weights').disabled = !alive;
    write(element('hash'), hash ?? '–');
    const bar = /** @type {HTMLProgressElement} */ (element('reflow-progress'));
    bar.hidden = reflow.progress === null;
    bar.value = reflow.progress?.fraction ?? 0;
    write(element('reflow-text'), reflow.progress ? say(reflow.progress.phase) : reflowHint(phase));
  }

  #wireButtons() {
    const session = this.#session;
    button('start').addEventListener('click', () => session.start());
    button('step').addEventListener('click', () => session.stepOnce());
    button('reset').addEventListener('click', () => session.reset());
    button('undo').addEventListener('click', () => session.undo());
    button('reflow').addEventListener('click', () => {
      if (session.run.busy) session.pause();
      else session.straighten();
    });
    // A key does what its button does, and nothing when the button is disabled.
    listen(document, {
      start: () => button('start').click(),
      step: () => button('step').click(),
      reset: () => button('reset').click(),
      undo: () => button('undo').click(),
      play: () => this.#clock.toggle(),
    });
  }

  #wireFiles() {
    const session = this.#session;
    const title = () => say('title', String(session.run.config.data), figure(session.run.step));
    button('save-picture').addEventListener('click', async () => {
      const picture = await this.#stage.picture(this.#theme, title());
      download(picture, `moonflow-${session.run.step}.png`);
    });
    button('save-drawing').addEventListener('click', () => {
      const drawing = new Blob([this.#stage.vector(this.#theme, title())], {
        type: 'image/svg+xml',
      });
      download(drawing, `moonflow-${session.run.step}.svg`);
    });
    button('save-weights').addEventListener('click', async () => {
      const bytes = /** @type {BlobPart | undefined} */ (await session.save());
      if (bytes) download(new Blob([bytes]), `moonflow-${session.run.step}.safetensors`);
    });
    upload(input('load-weights'), element('load-weights-fault'), async (file) => {
      await session.load(new Uint8Array(await file.arrayBuffer()));
    });
  }

  /**
   * @param {string} name
   * @param {Value} value
   */
  #set(name, value) {
    try {
      this.#session.set(name, value);
      this.#controls.fault(name, '');
    } catch (error) {
      this.#controls.fault(name, explain('refused', messageOf(error)));
    }
    this.#invalidate();
  }
}

const say = words({
  en: {
    undo: 'Undo',
    undone: 'Brings back the model before this one, with its losses and snapshots',
    nothing: 'Nothing can run here.',
    partial: (/** @type {string} */ reason) =>
      `The rest of the page could not be loaded (${reason}): reload it when there is a network.`,
    dear: (/** @type {string} */ nfe) =>
      `A sample costs ${nfe} evaluations of this network, too many to draw any: take fewer solver steps.`,
    caption: (/** @type {string} */ solver, /** @type {string} */ steps) =>
      `Each sample is a point of noise, carried along the velocity that the network has learned. Here by ${solver} in ${steps} steps.`,
    noise: 'noise',
    samples: 'samples',
    untrained: 'samples, untrained',
    between: (/** @type {string} */ t) => `samples at t = ${t}`,
    title: (/** @type {string} */ data, /** @type {string} */ step) =>
      `Moonflow, ${data}, step ${step}`,
    start: 'Start',
    pause: 'Pause',
    go: 'Continue',
    anew: 'Train again',
    measure: 'Measuring straightness and quality.',
    pairs: 'Carrying noise along the learned paths to make pairs.',
    train: 'Learning from the pairs.',
    reflow: 'Reflow',
    again: 'Reflow again',
    stop: 'Stop reflow',
    first: 'Train first: reflow starts from learned paths.',
  },
  zh: {
    undo: '撤销',
    undone: '找回上一个模型，连同它的损失和快照',
    nothing: '这里无法运行。',
    partial: (reason) => `页面的其余部分没能载入（${reason}）：有网络时请重新打开。`,
    dear: (nfe) => `一个样本要求值网络 ${nfe} 次，代价太大，一个也画不了：请减少求解步数。`,
    caption: (solver, steps) =>
      `每个样本都是一个噪声点，沿着网络学到的速度场走过来。这里用 ${solver} 走了 ${steps} 步。`,
    noise: '噪声',
    samples: '样本',
    untrained: '样本（未训练）',
    between: (t) => `t = ${t} 时的样本`,
    title: (data, step) => `Moonflow，${data}，第 ${step} 步`,
    start: '开始',
    pause: '暂停',
    go: '继续',
    anew: '重新训练',
    measure: '正在测量直线度和质量。',
    pairs: '正在让噪声沿学到的路径走，造出点对。',
    train: '正在从这些点对学习。',
    reflow: '回流',
    again: '再次回流',
    stop: '停止回流',
    first: '请先训练：回流从学到的路径出发。',
  },
});

/** What the start button does. */
const START = /** @type {const} */ ({
  starting: 'start',
  ready: 'start',
  training: 'pause',
  paused: 'go',
  finished: 'anew',
  reflowing: 'start',
  dead: 'start',
});

/**
 * @param {import('./run.js').Phase} phase
 * @param {number} round
 */
function reflowLabel(phase, round) {
  if (phase === 'reflowing') return say('stop');
  return round > 0 ? say('again') : say('reflow');
}

/** @param {import('./run.js').Phase} phase */
function reflowHint(phase) {
  return phase === 'ready' ? say('first') : '';
}

async function open() {
  const preferences = new Preferences(element('language'), element('look'));
  const missing = lack();
  if (missing) return refuse(missing);
  try {
    new Page(await compile(), preferences);
  } catch (error) {
    refuse(messageOf(error));
  }
}

// A task of its own, after that of reading the scripts.
setTimeout(open);
