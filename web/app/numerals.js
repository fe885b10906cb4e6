/**
 * The panel of the handwritten digits: a network learns them in front of the reader, and then draws the one that is chosen.
 */

import { html, render } from 'lit/html.js';
import { drawMosaic, mosaicSize } from '../view/mosaic.js';
import { footprint } from './footprint.js';
import { CLASSES, EACH, Pupil, STOPS, WAYS } from './pupil.js';
import { figure, tongue, words } from './tongue.js';

/**
 * @typedef {import('./main.js').Desk} Desk
 * @typedef {import('../view/mosaic.js').Row} Row
 */

const SIDE = 8;
const SIZE = SIDE * SIDE;
/** Strongest guidance of the slider, and its step. */
const GUIDANCE_MOST = 8;
const GUIDANCE_STEP = 0.5;
const SOURCE = 'https://archive.ics.uci.edu/ml/datasets/optical+recognition+of+handwritten+digits';
const LICENCE = 'https://creativecommons.org/licenses/by/4.0/';

const say = words({
  en: {
    title: 'Digits',
    lead: 'The same method, in more dimensions. Each image of 8 × 8 pixels is a point; the network is told which digit it is. It learns in 24 coordinates that hold nearly all of the 64 pixels, so noise becomes an image the way it became a moon.',
    idle: 'Teach it the digits',
    loading: 'Unpacking the images',
    training: 'Pause',
    halting: 'Pausing',
    paused: 'Continue',
    finished: 'Teach it again',
    waits: 'Nothing is loaded until you start. It takes about ten seconds.',
    unpacks: 'The 1,797 images are being unpacked.',
    learns: 'It is learning. Blots become strokes, and strokes become digits.',
    rests: 'It rests. The images are what it makes now.',
    done: 'It has learned. Choose a digit and how strongly the digit leads.',
    progress: (/** @type {string} */ step, /** @type {string} */ total) =>
      `step ${step} of ${total}`,
    loss: (/** @type {string} */ loss) => `loss ${loss}`,
    made: (/** @type {string} */ step) =>
      `Made from noise after ${step} steps, one row a digit. No image is a copy: each began as other noise.`,
    madeLabel: (/** @type {string} */ each, /** @type {string} */ step, /** @type {string} */ w) =>
      `Ten rows, one for each digit from 0 to 9, of ${each} images that the network made after ${step} steps with guidance ${w}`,
    digit: 'Digit',
    guidance: 'Guidance',
    weak: '0: any digit, the class is not heard',
    plain: '1: as the class was learned',
    strong: (/** @type {string} */ w) =>
      `${w}: away from the other digits; clearer, and less varied`,
    half: (/** @type {string} */ w) => `${w}: the class is heard in part`,
    way: 'From noise to digit',
    wayLabel: (/** @type {string} */ digit, /** @type {string} */ ways) =>
      `${ways} rows, each an image on its way from noise at t = 0 to a ${digit} at t = 1`,
    real: 'Real ones, for comparison',
    realLabel: (/** @type {string} */ digit) => `A row of real images of the digit ${digit}`,
    credit: 'The images: ',
    by: 'Optical Recognition of Handwritten Digits',
    of: ' by E. Alpaydin and C. Kaynak (1998), UCI Machine Learning Repository, under ',
    unchanged: '. The numbers are unchanged.',
    failed: (/** @type {string} */ why) => `It stopped: ${why}. The button starts it anew.`,
  },
  zh: {
    title: '手写数字',
    lead: '同样的方法，更高的维度。每张 8 × 8 像素的图像是一个点，网络会被告知它是哪个数字。学习在 24 个坐标里进行，它们几乎保留了 64 个像素的全部信息；噪声变成图像，就像它变成月牙一样。',
    idle: '开始学数字',
    loading: '正在解开图像',
    training: '暂停',
    halting: '正在暂停',
    paused: '继续',
    finished: '重新学一遍',
    waits: '按下按钮之前什么都不加载。大约需要十秒。',
    unpacks: '正在解开 1,797 张图像。',
    learns: '正在学习。墨团先变成笔画，再变成数字。',
    rests: '已暂停。图像是它现在画出来的。',
    done: '学完了。选一个数字，再选类别引导的强度。',
    progress: (step, total) => `第 ${step} 步，共 ${total} 步`,
    loss: (loss) => `损失 ${loss}`,
    made: (step) =>
      `训练 ${step} 步后由噪声生成，每行一个数字。没有一张是复制品：每张都来自不同的噪声。`,
    madeLabel: (each, step, w) =>
      `十行，从 0 到 9 每个数字一行，每行 ${each} 张由网络在第 ${step} 步生成的图像，引导强度 ${w}`,
    digit: '数字',
    guidance: '引导强度',
    weak: '0：不听类别，任意数字',
    plain: '1：按学到的类别',
    strong: (w) => `${w}：远离其他数字；更清楚，也更单一`,
    half: (w) => `${w}：只听一部分类别`,
    way: '从噪声到数字',
    wayLabel: (digit, ways) =>
      `${ways} 行，每行是一张图像从噪声（t = 0）走到数字 ${digit}（t = 1）`,
    real: '真实图像，供对比',
    realLabel: (digit) => `一行数字 ${digit} 的真实图像`,
    credit: '图像来自 E. Alpaydin 和 C. Kaynak（1998）的 ',
    by: 'Optical Recognition of Handwritten Digits',
    of: '，UCI 机器学习数据库，许可为 ',
    unchanged: '。数值未作改动。',
    failed: (why) => `已停止：${why}。再按按钮重新开始。`,
  },
});

/** What the status says in each phase. */
const STATUS = /** @type {const} */ ({
  idle: 'waits',
  loading: 'unpacks',
  training: 'learns',
  halting: 'learns',
  paused: 'rests',
  finished: 'done',
});

/** A panel; see main.js. */
export class Numerals {
  #root;
  #desk;
  #pupil;
  /** Of the section, kept so that no frame has to ask for it. */
  /** What is on the page. @type {unknown[]} */
  #drawn = [];
  /** What each canvas shows. @type {Map<string, unknown[]>} */
  #painted = new Map();

  /**
   * @param {HTMLElement} root
   * @param {Desk} desk
   */
  constructor(root, desk) {
    this.#root = root;
    this.#desk = desk;
    this.#pupil = new Pupil(desk.changed);
    root.setAttribute('aria-labelledby', 'digits-title');
  }

  draw() {
    const { phase, step, fault, made, way, digit, guidance } = this.#pupil;
    const theme = this.#desk.theme();
    const { width } = footprint(this.#root);
    const drawn = [phase, step, fault, made, way, digit, guidance, theme, width, tongue()];
    if (drawn.every((part, i) => part === this.#drawn[i])) return;
    this.#drawn = drawn;
    this.#root.dataset.phase = phase;
    render(this.#page(), this.#root);
    this.#paint();
  }

  #page() {
    const pupil = this.#pupil;
    const { phase, fault, made } = pupil;
    const waiting = phase === 'loading' || phase === 'halting';
    return html`<h2 id="digits-title">${say('title')}</h2>
      <p class="prose">${say('lead')}</p>
      <div class="transport">
        <button type="button" id="digits-start" class="primary" ?disabled=${waiting}
          @click=${() => pupil.start()}>${say(phase)}</button>
        <p id="digits-status" class="small" role="status">${say(STATUS[phase])}</p>
      </div>
      <p class="fault" role="alert" ?hidden=${fault === ''}>${fault && say('failed', fault)}</p>
      ${pupil.total > 0 ? this.#progress() : ''}
      ${made ? this.#lesson() : ''}
      <p class="small credit">${say('credit')}<a href=${SOURCE}>${say('by')}</a>${say('of')}<a
        href=${LICENCE}>CC BY 4.0</a>${say('unchanged')}</p>`;
  }

  #progress() {
    const { step, total, losses } = this.#pupil;
    const parts = [say('progress', figure(step), figure(total))];
    if (losses.count > 0) parts.push(say('loss', losses.latest().toFixed(3)));
    return html`<div class="progress">
      <progress max="1" .value=${step / total} aria-labelledby="digits-progress"></progress>
      <p id="digits-progress" class="figures">${parts.join(' · ')}</p>
    </div>`;
  }

  #lesson() {
    const { digit, made, way } = this.#pupil;
    const step = figure(made?.step ?? 0);
    const label = say('madeLabel', figure(EACH), step, figure(made?.guidance ?? 1));
    return html`<div class="lesson">
      <figure>
        <canvas id="digits-made" role="img" aria-label=${label}></canvas>
        <figcaption class="small">${say('made', step)}</figcaption>
      </figure>
      <div class="drawing">
        ${this.#choice()}
        <figure>
          <figcaption>${say('way')}</figcaption>
          <canvas id="digits-way" role="img"
            aria-label=${say('wayLabel', figure(digit), figure(WAYS))}></canvas>
          <p class="ends small figures" aria-hidden="true"><span>t = 0</span><span>t = 1</span></p>
        </figure>
        <figure ?hidden=${!way}>
          <figcaption>${say('real')}</figcaption>
          <canvas id="digits-real" role="img" aria-label=${say('realLabel', figure(digit))}></canvas>
        </figure>
      </div>
    </div>`;
  }

  #choice() {
    const pupil = this.#pupil;
    const { guidance } = pupil;
    const onGuide = (/** @type {InputEvent} */ { target }) =>
      pupil.lead(Number(/** @type {HTMLInputElement} */ (target).value));
    const choices = Array.from({ length: CLASSES }, (_, digit) => this.#radio(digit));
    return html`<fieldset class="picks">
        <legend>${say('digit')}</legend>
        <div>${choices}</div>
      </fieldset>
      <div class="scrubber">
        <div class="head">
          <label for="digits-guidance">${say('guidance')}</label>
          <output id="digits-guided" for="digits-guidance">${guidanceWords(guidance)}</output>
        </div>
        <div class="rail bare"><input type="range" id="digits-guidance" min="0"
          max=${GUIDANCE_MOST} step=${GUIDANCE_STEP} .value=${String(guidance)}
          aria-valuetext=${guidanceWords(guidance)} @input=${onGuide} /></div>
      </div>`;
  }

  /** @param {number} digit */
  #radio(digit) {
    const pupil = this.#pupil;
    return html`<label><input type="radio" name="digit" value=${digit}
      .checked=${digit === pupil.digit} @change=${() => pupil.choose(digit)} /><span>${digit}</span></label>`;
  }

  #paint() {
    const { made, way, real, digit } = this.#pupil;
    if (made) {
      const rows = cut(made.pixels, EACH).map((images, at) => ({ name: String(at), images }));
      this.#mosaic('digits-made', rows, [made]);
    }
    if (way) {
      const rows = cut(way.pixels, STOPS).map((images) => ({ images }));
      this.#mosaic('digits-way', rows, [way]);
    }
    const images = real?.[digit].subarray(0, STOPS * SIZE);
    if (images) this.#mosaic('digits-real', [{ images }], [images.byteOffset, digit]);
  }

  /**
   * @param {string} id
   * @param {Row[]} rows
   * @param {unknown[]} what  is drawn: other parts, another drawing
   */
  #mosaic(id, rows, what) {
    const canvas = /** @type {HTMLCanvasElement | null} */ (this.#root.querySelector(`#${id}`));
    const widthPx = canvas?.parentElement?.clientWidth ?? 0;
    if (!canvas || widthPx === 0) return;
    const density = window.devicePixelRatio || 1;
    const theme = this.#desk.theme();
    const painted = [...what, theme, widthPx, density, canvas];
    if (painted.every((part, i) => part === this.#painted.get(id)?.[i])) return;
    this.#painted.set(id, painted);
    const type = { ...theme, fontPx: theme.fontPx * density };
    const pixelPx = pixelOf(rows, type, widthPx * density);
    const mosaic = { rows, width: SIDE, height: SIDE, pixelPx };
    const { width, height } = mosaicSize(mosaic, type);
    [canvas.width, canvas.height] = [width, height];
    canvas.style.setProperty('width', `${width / density}px`);
    const ctx = canvas.getContext('2d');
    if (ctx) drawMosaic(ctx, mosaic, { left: 1, top: 1 }, type);
  }
}

/**
 * The largest whole size of a pixel that fits.
 * @param {Row[]} rows
 * @param {import('../view/theme.js').Theme} theme
 * @param {number} width
 */
function pixelOf(rows, theme, width) {
  const room = (/** @type {number} */ pixelPx) =>
    mosaicSize({ rows, width: SIDE, height: SIDE, pixelPx }, theme).width;
  const [one, two] = [room(1), room(2)];
  return Math.max(1, 1 + Math.floor((width - one) / (two - one)));
}

/**
 * @param {Float32Array} pixels
 * @param {number} columns
 */
function cut(pixels, columns) {
  const size = columns * SIZE;
  return Array.from({ length: pixels.length / size }, (_, row) =>
    pixels.subarray(row * size, (row + 1) * size),
  );
}

/** @param {number} guidance */
function guidanceWords(guidance) {
  if (guidance === 0) return say('weak');
  if (guidance === 1) return say('plain');
  return say(guidance > 1 ? 'strong' : 'half', figure(guidance));
}
