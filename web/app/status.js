/**
 * What is happening, in words and numbers: one sentence that is read aloud when it changes, the progress of the run, the
 * measures, and a notice when something went wrong.
 */

import { nameIn } from './meanings.js';
import { figure, words } from './tongue.js';

/** @typedef {import('./run.js').Run} Run */

export class Status {
  /** @param {(id: string) => HTMLElement} element  finds an element of the page */
  constructor(element) {
    this.sentence = element('status');
    this.bar = /** @type {HTMLProgressElement} */ (element('progress'));
    this.numbers = element('progress-text');
    this.sw2 = element('sw2');
    this.floor = element('sw2-floor');
    this.loss = element('loss');
    this.note = element('sw2-note');
    this.notice = element('notice');
    this.noticeText = element('notice-text');
    this.noticeAction = element('notice-action');
    this.noticeAction.addEventListener('click', () => this.#act());
    /** @type {(() => void) | null} */
    this.act = null;
  }

  /** @param {Run} run */
  draw(run) {
    write(this.sentence, sentence(run));
    this.bar.value = run.total > 0 ? Math.min(1, run.step / run.total) : 0;
    write(this.numbers, numbers(run));
    const { quality, losses } = run;
    write(this.sw2, quality ? quality.sw2.toFixed(3) : '–');
    this.sw2.dataset.n = String(quality?.n ?? 0);
    write(this.floor, quality ? quality.floor.toFixed(3) : '–');
    write(this.loss, losses.count > 0 ? losses.latest().toFixed(3) : '–');
    write(this.note, measureNote(run));
    this.#warn(run.notice);
  }

  /** @param {Run['notice']} notice */
  #warn(notice) {
    this.notice.hidden = notice === null;
    if (!notice) return;
    write(this.noticeText, notice.text);
    this.noticeAction.hidden = !notice.action;
    write(this.noticeAction, notice.action?.label ?? '');
    this.act = notice.action?.act ?? null;
  }

  #act() {
    this.act?.();
  }
}

/**
 * A live region is read aloud when it is written, and the page laid out anew, so a text is written only when it is another.
 * @param {HTMLElement} element
 * @param {string} words
 */
export function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** @param {Run} run */
function sentence(run) {
  const { phase, step, total, quality, measuring, config, halting } = run;
  if (halting) return say('halting');
  const target = config.data === 'points' ? say('yours') : nameIn('data', String(config.data));
  switch (phase) {
    case 'ready':
      return say('ready', figure(total), target);
    case 'training':
      return say('training', target);
    case 'paused':
      return say('paused', figure(step), figure(total));
    case 'finished':
      break;
    default:
      return say(phase);
  }
  if (quality?.final) return outcome(run, quality);
  const trained = say('trained', figure(step));
  return measuring === null ? trained : trained + say('closeness', target);
}

/**
 * @param {Run} run
 * @param {import('./run.js').Quality} quality
 */
function outcome({ step, total, round, seconds, dim }, { sw2, floor }) {
  const over = step > total ? say('ended', figure(total)) : say('done');
  const what = round > 0 ? say('reflowed', round) : over;
  const time = seconds > 0 ? say('within', seconds.toFixed(1)) : '';
  const alike = sw2 <= floor ? say('alike') : '';
  const more = dim > 2 ? say('coordinates', dim) : '';
  return say('outcome', what, figure(step), time, sw2.toFixed(3), floor.toFixed(3)) + alike + more;
}

/** @param {Run} run */
function numbers({ phase, step, total, rate }) {
  const done = say(step > total ? 'beyond' : 'progress', figure(step), figure(total));
  if (phase !== 'training' || !(rate > 0)) return done;
  const pace = say('pace', figure(Math.round(rate)));
  return `${done} · ${pace} · ${say('left', duration((total - step) / rate))}`;
}

/** @param {Run} run */
function measureNote({ quality, measuring, step }) {
  if (measuring !== null) {
    const until = quality ? say('until', figure(quality.step)) : '';
    return say('measuring', figure(SAMPLES), Math.round(measuring * 100)) + until;
  }
  if (!quality) return say('meaning');
  const { n, nfe } = quality;
  // An adaptive solver takes as many as each sample needs; what is shown is their mean.
  const cost = Number.isInteger(nfe) ? figure(nfe) : say('average', nfe.toFixed(1));
  const when = quality.step < step ? say('earlier', figure(quality.step)) : '';
  return when + say('measured', figure(n), cost);
}

/** @param {number} seconds */
function duration(seconds) {
  if (seconds < 60) return say('seconds', seconds.toFixed(seconds < 10 ? 1 : 0));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return say('minutes', minutes, Math.round(seconds % 60));
  return say('hours', Math.floor(minutes / 60), minutes % 60);
}

/** Of the final measure. */
const SAMPLES = 20_000;

/** @typedef {string} S @typedef {number} N */

const say = words({
  en: {
    halting: 'Stopping: the step at hand ends first. Reset does not wait for it.',
    yours: 'your points',
    starting: 'Getting the engine ready.',
    ready: (/** @type {S} */ steps, /** @type {S} */ target) =>
      `Untrained: the samples are noise that has hardly moved. Press Start, and ${steps} steps teach the network to carry them to ${target}.`,
    training: (/** @type {S} */ target) =>
      `Learning: each step compares the network's velocity with the one that leads from noise to ${target}, and corrects it.`,
    paused: (/** @type {S} */ step, /** @type {S} */ total) =>
      `Paused after step ${step} of ${total}. Samples come from the averaged weights of this moment.`,
    reflowing: 'Reflowing: learning anew from the paths of the model itself.',
    dead: 'The worker that computes has stopped.',
    trained: (/** @type {S} */ steps) => `Trained for ${steps} steps.`,
    closeness: (/** @type {S} */ target) => ` Measuring how close the samples are to ${target}.`,
    done: 'Done',
    ended: (/** @type {S} */ total) => `Ended beyond the ${total} steps that are set now`,
    reflowed: (/** @type {N} */ rounds) => `Reflowed ${rounds === 1 ? 'once' : `${rounds} times`}`,
    within: (/** @type {S} */ seconds) => ` in ${seconds} s`,
    alike: ' By this measure nobody can tell them apart.',
    coordinates: (/** @type {N} */ dim) => ` The picture shows 2 of ${dim} coordinates.`,
    outcome: (
      /** @type {S} */ what,
      /** @type {S} */ steps,
      /** @type {S} */ time,
      /** @type {S} */ sw2,
      /** @type {S} */ floor,
    ) =>
      `${what}: ${steps} steps${time}. The samples miss the data by ${sw2}; two sets of real data miss each other by ${floor}.`,
    progress: (/** @type {S} */ step, /** @type {S} */ total) => `step ${step} of ${total}`,
    beyond: (/** @type {S} */ step, /** @type {S} */ total) =>
      `step ${step}; ${total} are set now, and hold from the next reset`,
    pace: (/** @type {S} */ rate) => `${rate} steps/s`,
    left: (/** @type {S} */ time) => `${time} left`,
    measuring: (/** @type {S} */ samples, /** @type {N} */ percent) =>
      `Measuring with ${samples} samples: ${percent}%.`,
    until: (/** @type {S} */ step) => ` Until then, SW2 is that of step ${step}.`,
    meaning:
      'SW2 is the distance between samples and data; the floor is that between data and data.',
    average: (/** @type {S} */ nfe) => `on average ${nfe}`,
    earlier: (/** @type {S} */ step) => `After step ${step}: `,
    measured: (/** @type {S} */ n, /** @type {S} */ nfe) =>
      `${n} samples against ${n} data points, ${nfe} network evaluations a sample. The floor falls as the sets grow.`,
    seconds: (/** @type {S} */ s) => `${s} s`,
    minutes: (/** @type {N} */ min, /** @type {N} */ s) => `${min} min ${s} s`,
    hours: (/** @type {N} */ h, /** @type {N} */ min) => `${h} h ${min} min`,
  },
  zh: {
    halting: '正在停止：先走完眼前这一步。重置则不必等它。',
    yours: '你的点',
    starting: '正在准备引擎。',
    ready: (steps, target) =>
      `尚未训练：样本只是几乎没有移动的噪声。按“开始”，网络用 ${steps} 步学会把它们送到${target}。`,
    training: (target) =>
      `正在学习：每一步都把网络的速度与从噪声通向${target}的速度相比，并加以修正。`,
    paused: (step, total) => `停在第 ${step} 步，共 ${total} 步。样本出自此刻的平均权重。`,
    reflowing: '正在回流：沿着模型自己的路径重新学习。',
    dead: '负责计算的 Worker 已经停止。',
    trained: (steps) => `已训练 ${steps} 步。`,
    closeness: (target) => `正在测量样本与${target}有多接近。`,
    done: '完成',
    ended: (total) => `已结束，超过现在设定的 ${total} 步`,
    reflowed: (rounds) => `已回流 ${rounds} 次`,
    within: (seconds) => `，用时 ${seconds} 秒`,
    alike: '按这个度量，样本与真实数据无法区分。',
    coordinates: (dim) => `图中只显示 ${dim} 个坐标中的 2 个。`,
    outcome: (what, steps, time, sw2, floor) =>
      `${what}：${steps} 步${time}。样本与数据相差 ${sw2}；两组真实数据彼此相差 ${floor}。`,
    progress: (step, total) => `第 ${step} 步，共 ${total} 步`,
    beyond: (step, total) => `第 ${step} 步；现在设定为 ${total} 步，下次重置起生效`,
    pace: (rate) => `每秒 ${rate} 步`,
    left: (time) => `还需 ${time}`,
    measuring: (samples, percent) => `正在用 ${samples} 个样本测量：${percent}%。`,
    until: (step) => `在此之前，SW2 是第 ${step} 步的。`,
    meaning: 'SW2 是样本与数据之间的距离；下限是数据与数据之间的同一距离。',
    average: (nfe) => `平均 ${nfe} `,
    earlier: (step) => `第 ${step} 步之后：`,
    measured: (n, nfe) =>
      `${n} 个样本对 ${n} 个数据点，每个样本求值网络 ${nfe} 次。点越多，下限越低。`,
    seconds: (s) => `${s} 秒`,
    minutes: (min, s) => `${min} 分 ${s} 秒`,
    hours: (h, min) => `${h} 小时 ${min} 分`,
  },
});
