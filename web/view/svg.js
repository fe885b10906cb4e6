// svg.js — a drawing surface that writes an SVG: it takes the calls that the files beside it make on a canvas, and `text()` is the
// file. Marks of one style that follow each other share a group, so a picture of thousands of dots stays small.

/** Decimals of a coordinate: a hundredth of a pixel is not seen. */
const DECIMALS = 2;
const FULL_TURN = 2 * Math.PI;
/** Widths of letters in ems, where nobody measures: of the wide scripts, and of others. */
const WIDE_EM = 1;
const NARROW_EM = 0.56;
const WIDE = /[\u2e80-\uffef]/;
/** From a text's line to its baseline, in ems. */
const DROP = { top: 0.8, middle: 0.35, bottom: -0.2 };

export class Svg {
  fillStyle = '#000000';
  strokeStyle = '#000000';
  globalAlpha = 1;
  lineWidth = 1;
  font = '10px sans-serif';
  /** @type {CanvasTextAlign} */
  textAlign = 'start';
  /** @type {CanvasTextBaseline} */
  textBaseline = 'alphabetic';

  #parts = [''];
  #path = '';
  /** The circle that is all of the path so far. @type {string | null} */
  #circle = null;
  /** Attributes of the group that is open. @type {string | null} */
  #style = null;
  #clips = 0;
  /** Groups of clips that are open, for every save. @type {{paint: object, clips: number}[]} */
  #saved = [];
  #open = 0;
  #size;
  #measure;

  /**
   * @param {{width: number, height: number, title: string}} size
   * @param {(text: string, font: string) => number} [measure]  the width of a text; estimated unless given
   */
  constructor(size, measure) {
    this.#size = size;
    this.#measure = measure;
  }

  /** The file. */
  text() {
    this.#close();
    const { width, height, title } = this.#size;
    const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`;
    const body = this.#parts.join('') + '</g>'.repeat(this.#open);
    return `${head}<title>${escaped(title)}</title>${body}</svg>\n`;
  }

  save() {
    const { fillStyle, strokeStyle, globalAlpha, lineWidth, font, textAlign, textBaseline } = this;
    const paint = { fillStyle, strokeStyle, globalAlpha, lineWidth, font, textAlign, textBaseline };
    this.#saved.push({ paint, clips: this.#open });
  }

  restore() {
    const state = this.#saved.pop();
    if (!state) return;
    Object.assign(this, state.paint);
    this.#close();
    for (; this.#open > state.clips; this.#open--) this.#parts.push('</g>');
  }

  beginPath() {
    this.#path = '';
    this.#circle = null;
  }

  /** Cuts what follows off at the path, until the restore. */
  clip() {
    this.#close();
    const id = `clip${++this.#clips}`;
    this.#parts.push(`<clipPath id="${id}"><path d="${this.#path}"/></clipPath>`);
    this.#parts.push(`<g clip-path="url(#${id})">`);
    this.#open++;
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.#path += `M${short(x)} ${short(y)}`;
    this.#circle = null;
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.#path += `L${short(x)} ${short(y)}`;
    this.#circle = null;
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  rect(x, y, width, height) {
    this.#path += `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}z`;
    this.#circle = null;
  }

  /**
   * A whole circle; no drawing here has less of one.
   * @param {number} x @param {number} y @param {number} radius @param {number} from @param {number} to
   */
  arc(x, y, radius, from, to) {
    if (from !== 0 || to !== FULL_TURN) throw new RangeError('arc: only a full turn is written');
    const [r, across] = [short(radius), short(2 * radius)];
    const alone = this.#path === '';
    const turn = `a${r} ${r} 0 1 1`;
    this.#path += `M${short(x + radius)} ${short(y)}${turn}-${across} 0${turn} ${across} 0z`;
    this.#circle = alone ? `<circle cx="${short(x)}" cy="${short(y)}" r="${r}"/>` : null;
  }

  fill() {
    this.#put(this.#filled, this.#circle ?? `<path d="${this.#path}"/>`);
  }

  stroke() {
    this.#put(this.#stroked, this.#circle ?? `<path d="${this.#path}"/>`);
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  fillRect(x, y, width, height) {
    this.#put(this.#filled, rectangle(x, y, width, height));
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  strokeRect(x, y, width, height) {
    this.#put(this.#stroked, rectangle(x, y, width, height));
  }

  /** @param {string} text @param {number} x @param {number} y */
  fillText(text, x, y) {
    const [, size, family] = /^([\d.]+)px (.*)$/.exec(this.font) ?? ['', '10', 'sans-serif'];
    const anchor =
      { center: 'middle', right: 'end', end: 'end' }[String(this.textAlign)] ?? 'start';
    const drop = DROP[/** @type {keyof typeof DROP} */ (this.textBaseline)] ?? 0;
    const type = `font-size="${short(Number(size))}" font-family="${escaped(family)}" text-anchor="${anchor}"`;
    const place = `x="${short(x)}" y="${short(y + drop * Number(size))}"`;
    this.#put(`${this.#filled} ${type}`, `<text ${place}>${escaped(text)}</text>`);
  }

  /** @param {string} text */
  measureText(text) {
    if (this.#measure) return { width: this.#measure(text, this.font) };
    const ems = [...text].reduce((sum, c) => sum + (WIDE.test(c) ? WIDE_EM : NARROW_EM), 0);
    return { width: ems * Number.parseFloat(this.font) };
  }

  get #filled() {
    return `fill="${this.fillStyle}"${this.#opacity}`;
  }

  get #stroked() {
    const line = `stroke="${this.strokeStyle}" stroke-width="${short(this.lineWidth)}"`;
    return `fill="none" ${line}${this.#opacity.replace('fill', 'stroke')}`;
  }

  get #opacity() {
    return this.globalAlpha < 1 ? ` fill-opacity="${short(this.globalAlpha)}"` : '';
  }

  /** @param {string} style @param {string} mark */
  #put(style, mark) {
    if (style !== this.#style) {
      this.#close();
      this.#parts.push(`<g ${style}>`);
      this.#style = style;
    }
    this.#parts.push(mark);
  }

  #close() {
    if (this.#style !== null) this.#parts.push('</g>\n');
    this.#style = null;
  }
}

/** @param {number} x @param {number} y @param {number} width @param {number} height */
function rectangle(x, y, width, height) {
  return `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"/>`;
}

/** A number that is none is written as 0: one such coordinate would make the whole file unreadable. @param {number} value */
function short(value) {
  return Number.isFinite(value) ? String(Number(value.toFixed(DECIMALS))) : '0';
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
