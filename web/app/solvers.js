/**
 * Which solver, and how many steps: a panel, see main.js. The network that the viewer holds is solved by each, from the same noise.
 */

import { html, nothing, render } from 'lit';
import { drawPrecision, precisionBox } from '../view/precision.js';
import { drawStrides } from '../view/stride.js';
import { messageOf } from './explanation.js';
import { footprint } from './footprint.js';
import { nameIn } from './meanings.js';
import { mount } from './mount.js';
import { SAMPLE_SEED } from './portrait.js';
import { Presence } from './presence.js';
import { figure, tongue, words } from './tongue.js';
import { COSTS, cheapest, contest, contestPoints, nearest } from './tourney.js';

/**
 * @typedef {import('./main.js').Desk} Desk
 * @typedef {import('./tourney.js').Verdict} Verdict
 *
 * Which weights were measured: their moment, the model, what it learned, and how far.
 * @typedef {{moment: string, model: number, data: string, step: number}} Measured
 */

/** The error that is asked for: less than the radius of a dot on the stage. */
const GOAL = 0.01;

const say = words({
  en: {
    title: 'Solver',
    lead: 'To draw a sample is to solve an equation of motion from t = 0 to t = 1. A solver asks the network for the velocity again and again; each question is one evaluation (NFE). More of them follow the path better and take longer. Here every solver starts from the same noise, and its error is how far its samples end from where the path really leads.',
    measure: 'Measure the solvers',
    again: 'Measure again',
    stop: 'Stop',
    progress: 'Measuring the solvers',
    early: 'Train first: an untrained network has nothing worth solving.',
    dear: 'One evaluation of this network costs too much to try every solver; choose fewer or narrower layers.',
    single: 'This model was distilled into one step, so there is nothing to choose.',
    old: (/** @type {string} */ step) =>
      `What follows was measured after step ${step}; the network has learned more since.`,
    other: (/** @type {string} */ data, /** @type {string} */ step) =>
      `What follows is of another model, measured after step ${step} of learning ${data}.`,
    nfe: 'evaluations a sample (NFE)',
    error: 'error, RMS',
    length: 'length of the step',
    t: 't',
    solver: 'solver',
    at: (/** @type {string} */ nfe) => `NFE ${nfe}`,
    tolerance: 'tolerance',
    mean: 'NFE, mean',
    most: 'most',
    taken: 'accepted',
    refused: 'rejected',
    fixedCaption: (/** @type {string} */ n) =>
      `Error of ${n} samples, by solver and cost: the root mean square distance to where dopri5 ends at a tolerance of 0.000001.`,
    adaptiveCaption:
      'dopri5 chooses its steps itself, so that each errs by no more than the tolerance. Steps accepted and rejected are means a sample.',
    best: (/** @type {string} */ solver, /** @type {string} */ nfe) =>
      `For an error below ${GOAL}, which no eye sees on the stage, the cheapest is ${solver} with ${nfe} evaluations.`,
    nobody: `No solver comes below an error of ${GOAL} here; dopri5 with a smaller tolerance would.`,
    few: (/** @type {string} */ solver, /** @type {string} */ cost, /** @type {string} */ error) =>
      `With no more than ${cost} evaluations, ${solver} comes nearest, with an error of ${error}.`,
    simply:
      'In short: a solver of second order (midpoint, heun, ab2) when evaluations are few, rk4 when the error has to be small, and dopri5 when you would rather name an error than a number of steps.',
    precision: (/** @type {string[]} */ ...parts) =>
      `Error against evaluations, both axes logarithmic; lower and further left is better. ${parts.join(' ')}`,
    curve: (/** @type {string} */ solver, /** @type {string} */ from, /** @type {string} */ to) =>
      `${solver}: ${from} to ${to}.`,
    strides: (
      /** @type {string} */ shortest,
      /** @type {string} */ longest,
      /** @type {string} */ at,
      /** @type {string} */ refused,
      /** @type {string} */ tried,
      /** @type {string} */ tolerance,
    ) =>
      `Steps of dopri5 along t at a tolerance of ${tolerance}: from ${shortest} to ${longest} long between the first and the last, the shortest near t = ${at}; they are short where the path bends and long where it is straight. ${refused} of ${tried} tries were rejected (crosses) and tried again, shorter.`,
  },
  zh: {
    title: '求解器',
    lead: '采样就是把运动方程从 t = 0 解到 t = 1。求解器一次次向网络询问速度，每问一次就是一次求值（NFE）。求值越多，越贴近路径，也越慢。这里每个求解器都从同样的噪声出发，误差是它的样本离路径真正终点有多远。',
    measure: '测量各求解器',
    again: '重新测量',
    stop: '停止',
    progress: '正在测量各求解器',
    early: '请先训练：未训练的网络没有值得求解的路径。',
    dear: '这个网络求值太贵，无法逐一试验；请选更少或更窄的层。',
    single: '这个模型已蒸馏成一步，没有可选的。',
    old: (step) => `下面是第 ${step} 步之后测得的；网络在此之后又学了一些。`,
    other: (data, step) => `下面的结果属于另一个模型：学习${data}到第 ${step} 步之后测得。`,
    nfe: '每个样本的求值次数（NFE）',
    error: '误差（均方根）',
    length: '步长',
    t: 't',
    solver: '求解器',
    at: (nfe) => `NFE ${nfe}`,
    tolerance: '容差',
    mean: '平均 NFE',
    most: '最多',
    taken: '接受',
    refused: '拒绝',
    fixedCaption: (n) =>
      `${n} 个样本的误差，按求解器和代价：到 dopri5 在容差 0.000001 下终点的均方根距离。`,
    adaptiveCaption: 'dopri5 自己选步长，使每步误差不超过容差。接受与拒绝的步数是每个样本的平均。',
    best: (solver, nfe) =>
      `误差低于 ${GOAL}（画面上看不出）时，最省的是 ${solver}，${nfe} 次求值。`,
    nobody: `这里没有求解器的误差低于 ${GOAL}；容差更小的 dopri5 可以。`,
    few: (solver, cost, error) => `求值不超过 ${cost} 次时，${solver} 最接近，误差 ${error}。`,
    simply:
      '简单说：求值次数少用二阶方法（midpoint、heun、ab2），要误差小用 rk4，想指定误差而不是步数用 dopri5。',
    precision: (...parts) => `误差与求值次数，两轴都是对数；越低越靠左越好。${parts.join('')}`,
    curve: (solver, from, to) => `${solver}：从 ${from} 到 ${to}。`,
    strides: (shortest, longest, at, refused, tried, tolerance) =>
      `容差 ${tolerance} 下 dopri5 沿 t 的步长：除首尾两步外，从 ${shortest} 到 ${longest}，在 t = ${at} 附近最短；路径弯处步子短，直处步子长。${tried} 次尝试中有 ${refused} 次被拒绝（叉号），缩短后重试。`,
  },
});

export class Solvers {
  #root;
  #desk;
  #presence;
  /** @type {Verdict | null} */
  #verdict = null;
  /** What the verdict is of. @type {Measured | null} */
  #of = null;
  /** Whether a measure was ever begun. */
  #begun = false;
  /** Of the measure that runs. @type {number | null} */
  #progress = null;
  #fault = '';
  #abort = new AbortController();
  /** What is on the page. @type {unknown[]} */
  #drawn = [];

  /**
   * @param {HTMLElement} root
   * @param {Desk} desk
   */
  constructor(root, desk) {
    this.#root = root;
    this.#desk = desk;
    this.#presence = new Presence(root, desk.changed);
  }

  draw() {
    const { session, viewer, theme } = this.#desk;
    const { run } = session;
    // The first verdict comes by itself when it is looked for; a later one when the reader asks.
    const rests = !run.busy && viewer.moment === run.moment && run.phase === 'finished';
    if (rests && this.#presence.near && this.#idle && !this.#hint && !this.#begun) this.#measure();
    const seen = [this.#verdict, this.#progress, this.#fault, this.#hint, this.#stale];
    const drawn = [...seen, theme(), footprint(this.#root).width, tongue()];
    if (drawn.every((part, i) => part === this.#drawn[i])) return;
    this.#drawn = drawn;
    render(this.#template(), this.#root);
    if (this.#verdict) this.#paint(this.#verdict);
  }

  get #idle() {
    return this.#progress === null;
  }

  /** What is to be known of a verdict on other weights than those at hand; '' when it is on these. */
  get #stale() {
    const { session, viewer } = this.#desk;
    const of = this.#of;
    if (!of || of.moment === viewer.moment) return '';
    const step = figure(of.step);
    if (of.model === session.run.models) return say('old', step);
    return say('other', nameIn('data', of.data), step);
  }

  /** Why nothing can be measured; '' when it can. */
  get #hint() {
    const { run } = this.#desk.session;
    if (this.#desk.viewer.moment === null || (run.step === 0 && run.round === 0))
      return say('early');
    if (run.config.coupling === 'distilled') return say('single');
    return contestPoints(run.parameters) === 0 ? say('dear') : '';
  }

  async #measure() {
    const { session, viewer, changed } = this.#desk;
    const { moment } = viewer;
    if (moment === null) return;
    const of = measured(moment, String(viewer.info?.config.data));
    this.#begun = true;
    this.#abort = new AbortController();
    const own = this.#abort.signal;
    this.#progress = 0;
    this.#fault = '';
    changed();
    try {
      const verdict = await viewer.ask('solvers', (client, signal) =>
        contest(client, {
          n: contestPoints(session.run.parameters),
          seed: SAMPLE_SEED,
          signal: AbortSignal.any([signal, own]),
          onProgress: (progress) => {
            this.#progress = progress;
            changed();
          },
        }),
      );
      if (verdict) {
        this.#verdict = verdict;
        this.#of = of;
      }
    } catch (error) {
      this.#fault = messageOf(error);
    }
    this.#progress = null;
    changed();
  }

  #template() {
    const verdict = this.#verdict;
    const running = !this.#idle;
    const label = running ? say('stop') : verdict ? say('again') : say('measure');
    const hint = [this.#hint, this.#stale].filter(Boolean).join(tongue() === 'zh' ? '' : ' ');
    const press = () => (this.#idle ? this.#measure() : this.#abort.abort());
    return html`<h2 id="solver-title">${say('title')}</h2>
      <p class="prose">${say('lead')}</p>
      <div class="transport">
        <button type="button" id="measure-solvers" ?disabled=${this.#hint !== ''} @click=${press}>${label}</button>
        <p class="small" id="solver-hint" role="status">${hint}</p>
      </div>
      ${running ? html`<progress max="1" .value=${this.#progress ?? 0} aria-label=${say('progress')}></progress>` : nothing}
      <p class="fault" role="alert" ?hidden=${this.#fault === ''}>${this.#fault}</p>
      ${verdict ? this.#result(verdict) : nothing}`;
  }

  /** @param {Verdict} verdict */
  #result(verdict) {
    return html`<p class="finding" id="solver-finding">${findings(verdict)}</p>
      <div class="plots">
        <figure>
          <canvas id="solver-precision" role="img" aria-label=${precisionWords(verdict)}></canvas>
          <figcaption class="small">${say('precision')}</figcaption>
        </figure>
        <figure>
          <canvas id="solver-strides" role="img" aria-labelledby="solver-strides-text"></canvas>
          <figcaption class="small" id="solver-strides-text">${stridesWords(verdict)}</figcaption>
        </figure>
      </div>
      <div class="tables">
        <div>
          <p class="small" id="solver-fixed">${say('fixedCaption', figure(verdict.n))}</p>
          <div class="wide" tabindex="0" role="region" aria-labelledby="solver-fixed">${fixedTable(verdict)}</div>
        </div>
        <div>
          <p class="small" id="solver-adaptive">${say('adaptiveCaption')}</p>
          <div class="wide" tabindex="0" role="region" aria-labelledby="solver-adaptive">${adaptiveTable(verdict)}</div>
        </div>
      </div>`;
  }

  /** @param {Verdict} verdict */
  #paint({ fixed, adaptive, trace }) {
    const theme = this.#desk.theme();
    /** @type {import('../view/precision.js').Curve[]} */
    const curves = fixed.map(({ solver, marks }) => ({ label: solver, points: distinct(marks) }));
    curves.push({ label: 'dopri5', points: adaptive });
    const canvas = (/** @type {string} */ id) =>
      /** @type {HTMLCanvasElement} */ (this.#root.querySelector(id));
    mount(canvas('#solver-precision'), theme, (ctx, width, height) => {
      const picture = { curves, xLabel: say('nfe'), yLabel: say('error'), goal: GOAL };
      drawPrecision(ctx, picture, precisionBox(width, height, true), theme);
    });
    mount(canvas('#solver-strides'), theme, (ctx, width, height) => {
      const picture = { steps: trace.steps, xLabel: say('t'), yLabel: say('length') };
      drawStrides(ctx, picture, precisionBox(width, height), theme);
    });
  }
}

/**
 * @param {string} moment  of Run
 * @param {string} data
 * @returns {Measured}
 */
function measured(moment, data) {
  const [model, , step] = moment.split('.').map(Number);
  return { moment, model, step, data };
}

/** Two costs may lead to the same steps. @param {import('./tourney.js').Mark[]} marks */
const distinct = (marks) => marks.filter(({ nfe }, i) => nfe !== marks[i - 1]?.nfe);

/** @param {Verdict} verdict */
function findings(verdict) {
  const best = cheapest(verdict, GOAL);
  const few = nearest(verdict, COSTS[1]);
  const first = best ? say('best', best.solver, figure(Math.ceil(best.nfe))) : say('nobody');
  const second = few ? say('few', few.solver, figure(COSTS[1]), number(few.error)) : '';
  return [first, second, say('simply')].join(tongue() === 'zh' ? '' : ' ');
}

/** @param {Verdict} verdict */
function precisionWords({ fixed, adaptive }) {
  /** @type {{solver: string, marks: {error: number}[]}[]} */
  const curves = [...fixed, { solver: 'dopri5', marks: adaptive }];
  const parts = curves.map(({ solver, marks }) =>
    say('curve', solver, number(marks[0].error), number(marks[marks.length - 1].error)),
  );
  return say('precision', ...parts);
}

/** @param {Verdict} verdict */
function stridesWords({ trace: { steps, tolerance } }) {
  const taken = steps.filter(({ accepted }) => accepted);
  // The first step of a point is a guess and the last is what is left: neither says anything of the path.
  const whole = taken.filter(({ t, h }) => t > 0 && t + h < 1 - 1e-9);
  const lengths = (whole.length > 0 ? whole : taken).map(({ h }) => h);
  const shortest = Math.min(...lengths);
  const at = (whole.length > 0 ? whole : taken).find(({ h }) => h === shortest)?.t ?? 0;
  const ends = [shortest, Math.max(...lengths)].map((h) => h.toFixed(3));
  const counts = [steps.length - taken.length, steps.length].map((count) => figure(count));
  return say('strides', ends[0], ends[1], at.toFixed(2), counts[0], counts[1], String(tolerance));
}

/** @param {Verdict} verdict */
function fixedTable({ fixed }) {
  return html`<table aria-labelledby="solver-fixed">
    <thead><tr><th scope="col">${say('solver')}</th>
      ${COSTS.map((cost) => html`<th scope="col">${say('at', figure(cost))}</th>`)}</tr></thead>
    <tbody>${fixed.map(
      ({ solver, marks }) => html`<tr><th scope="row">${solver}</th>
        ${marks.map(({ nfe, error }, i) => html`<td>${nfe > COSTS[i] || nfe === marks[i - 1]?.nfe ? '–' : number(error)}</td>`)}</tr>`,
    )}</tbody>
  </table>`;
}

/** @param {Verdict} verdict */
function adaptiveTable({ adaptive }) {
  const heads = ['tolerance', 'mean', 'most', 'taken', 'refused', 'error'];
  return html`<table aria-labelledby="solver-adaptive">
    <thead><tr>${heads.map((head) => html`<th scope="col">${say(/** @type {'mean'} */ (head))}</th>`)}</tr></thead>
    <tbody>${adaptive.map(
      ({ tolerance, nfe, nfe_max, accepted, rejected, error }) => html`<tr>
        <th scope="row">${tolerance}</th><td>${nfe.toFixed(1)}</td><td>${figure(nfe_max)}</td>
        <td>${accepted.toFixed(1)}</td><td>${rejected.toFixed(1)}</td><td>${number(error)}</td></tr>`,
    )}</tbody>
  </table>`;
}

/** Two digits that count. @param {number} value */
function number(value) {
  if (!Number.isFinite(value)) return '∞';
  return value >= 0.001 ? String(Number(value.toPrecision(2))) : value.toExponential(1);
}
