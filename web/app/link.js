/**
 * Everything in the link: the page's address follows the settings, and a link that is opened sets them. The address is
 * replaced and not added to, so the way back leads to where the reader came from.
 */

import { html, nothing, render } from 'lit';
import { pointsThatFit } from '../lib/packing.js';
import { interpret } from './interpreter.js';
import { figure, tongue, words } from './tongue.js';

const say = words({
  en: {
    copy: 'Copy link',
    holds: 'This page’s address holds every setting and the seed.',
    exact: 'Whoever opens it and trains gets the same weights, bit for bit.',
    turned:
      'Settings were changed while this model trained; in the link they hold from the first step, so it gives other weights.',
    loaded: 'These weights came from a file; the link trains its own from the start.',
    waiting:
      'It already holds the settings that wait for a reset; this model was made without them.',
    noPoints: (/** @type {string} */ most) =>
      `Your points are not in it: up to ${most} of them fit, scaled as Your data does it.`,
    noCurve: 'Your path is not in it: it has too many samples.',
    noSource: 'The points that the flow starts at are not in it.',
    reflowed: 'Reflow is not in it: it comes from training on.',
    copied: 'The link is copied.',
    byHand: 'The browser did not let the page copy: the link is selected here, to copy by hand.',
    address: 'Link',
    partly: 'The link could not be followed in everything. What is said here was left out:',
    close: 'Close',
    name: 'from the link',
  },
  zh: {
    copy: '复制链接',
    holds: '本页地址包含全部设置和随机种子。',
    exact: '别人打开后训练，得到的权重逐位相同。',
    turned: '这个模型训练途中改过设置；在链接里它们从第一步起就生效，得到的权重会不同。',
    loaded: '这些权重来自文件；链接会从头训练出自己的权重。',
    waiting: '链接已包含等待重置的设置；这个模型还没有采用它们。',
    noPoints: (/** @type {string} */ most) =>
      `你的数据点不在链接里：最多能放 ${most} 个点，并且要按“你的数据”中的方式缩放。`,
    noCurve: '你的路径不在链接里：采样点太多。',
    noSource: '流的起点数据不在链接里。',
    reflowed: '回流（reflow）不在链接里：它由继续训练得到。',
    copied: '链接已复制。',
    byHand: '浏览器不允许本页复制：链接已在此选中，请手动复制。',
    address: '链接',
    partly: '链接中有些内容无法采用，以下各项已略去：',
    close: '关闭',
    name: '来自链接',
  },
});

/** Browsers refuse an address that changes too often; a slider changes it with every move of a hand. */
const REST_MS = 300;

export class Link {
  /** @type {string[]} */
  #faults = [];
  /** What the last press of the button came to. @type {'' | 'copied' | 'byHand'} */
  #outcome = '';
  /** The dials that the address was last written from. @type {unknown[]} */
  #written = [];
  /** @type {ReturnType<import('./dials.js').Dials['address']>} */
  #address = { text: '', left: [] };
  #timer = 0;
  #notice = /** @type {HTMLElement} */ (document.getElementById('link-notice'));
  #root;
  #desk;

  /**
   * @param {HTMLElement} root
   * @param {import('./main.js').Desk} desk
   */
  constructor(root, desk) {
    this.#root = root;
    this.#desk = desk;
    const { dials } = desk.session;
    if (isLink(location.hash)) this.#faults = dials.follow(location.hash, say('name'));
    this.#take();
    addEventListener('hashchange', () => this.#opened());
  }

  draw() {
    if (this.#dials.some((part, i) => part !== this.#written[i])) {
      this.#take();
      this.#outcome = '';
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#replace(), REST_MS);
    }
    render(
      html`<div class="transport">
          <button type="button" id="copy-link" @click=${() => this.#copy()}>${say('copy')}</button>
          <p id="link-text" class="small">${this.#remarks.join(tongue() === 'zh' ? '' : ' ')}</p>
        </div>
        ${this.#byHand()}
        <p class="small" role="status">${this.#outcome ? say(this.#outcome) : nothing}</p>`,
      this.#root,
    );
    this.#drawNotice();
  }

  /** What the link holds, and what of this model it does not. */
  get #remarks() {
    const { dials, run, waiting } = this.#desk.session;
    const { left } = this.#address;
    const most = () => figure(pointsThatFit(dials.points?.dim ?? 2, Boolean(dials.points?.labels)));
    const lacks = [
      left.includes('points') && say('noPoints', most()),
      left.includes('curve') && say('noCurve'),
      left.includes('source') && say('noSource'),
      run.strays.has('loaded') && say('loaded'),
      run.strays.has('turned') && say('turned'),
      waiting.size > 0 && say('waiting'),
      run.round > 0 && say('reflowed'),
    ].filter(Boolean);
    return [say('holds'), ...(lacks.length > 0 ? lacks : [say('exact')])];
  }

  /** The parts of the dials that a link holds; each is replaced when it changes. */
  get #dials() {
    const { config, points, curve } = this.#desk.session.dials;
    return [config, points, curve];
  }

  #take() {
    this.#written = this.#dials;
    this.#address = this.#desk.session.dials.address();
  }

  /** The whole address of these settings. */
  get #whole() {
    const { text } = this.#address;
    return `${location.href.split('#')[0]}${text && `#${text}`}`;
  }

  #replace() {
    try {
      history.replaceState(history.state, '', this.#whole);
    } catch {
      // A page that is embedded somewhere may have no address of its own; the button still has the link.
    }
  }

  /** Another link was put into the address by hand, or by the way back; an address without a fragment is that of the default. */
  #opened() {
    // A place of the page is gone to, and is no address to keep.
    if (location.hash && !isLink(location.hash)) return this.#replace();
    this.#desk.session.use((dials) => {
      this.#faults = dials.follow(location.hash, say('name'));
    });
    this.#desk.changed();
  }

  async #copy() {
    clearTimeout(this.#timer);
    this.#replace();
    try {
      await navigator.clipboard.writeText(this.#whole);
      this.#outcome = 'copied';
    } catch {
      this.#outcome = 'byHand';
    }
    this.#desk.changed();
    if (this.#outcome === 'byHand') requestAnimationFrame(() => this.#select());
  }

  #byHand() {
    if (this.#outcome !== 'byHand') return nothing;
    return html`<div class="field">
      <label for="link-address">${say('address')}</label>
      <input type="text" id="link-address" readonly .value=${this.#whole} />
    </div>`;
  }

  #select() {
    const field = /** @type {HTMLInputElement | null} */ (this.#root.querySelector('input'));
    field?.focus();
    field?.select();
  }

  #drawNotice() {
    const { length } = this.#faults;
    this.#notice.hidden = length === 0;
    const close = () => {
      this.#faults = [];
      this.#desk.changed();
    };
    const list = html`<div>
        <p>${say('partly')}</p>
        <ul>
          ${this.#faults.map((fault) => html`<li>${interpret(fault)}</li>`)}
        </ul>
      </div>
      <button type="button" @click=${close}>${say('close')}</button>`;
    render(length > 0 ? list : nothing, this.#notice);
  }
}

/** Whether a fragment holds settings; one without '=' names a place of the page. @param {string} fragment */
function isLink(fragment) {
  return fragment.includes('=');
}
