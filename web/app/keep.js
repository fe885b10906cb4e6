/**
 * What can be kept besides the picture and the weights: any number of samples, the flow as a GIF, and the settings, which can be
 * given back.
 */

import { html, nothing, render } from 'lit';
import { write as writeCsv } from '../lib/csv.js';
import { parseStrict } from '../lib/json.js';
import { write as writeNpy } from '../lib/npy.js';
import { animate, FLYING } from './animation.js';
import { messageOf } from './explanation.js';
import { chosenFile, download } from './files.js';
import { Inquiry } from './inquiry.js';
import { SAMPLE_SEED } from './portrait.js';
import { figure, words } from './tongue.js';

const say = words({
  en: {
    samples: 'Samples',
    count: 'How many',
    countFault: (/** @type {string} */ got, /** @type {string} */ most) =>
      `How many: got ${got || 'nothing'}; allowed is a whole number from 1 to ${most}.`,
    samplesHelp: 'Drawn anew by the chosen solver, from the weights of this moment.',
    csv: 'Samples, CSV',
    npy: 'Samples, NPY',
    flow: 'The flow',
    gif: 'Animation, GIF',
    flowHelp: 'Two seconds from noise at t = 0 to data at t = 1.',
    settings: 'Settings',
    json: 'Settings, JSON',
    load: 'Load settings',
    settingsHelp:
      'Every setting by name, as the library takes them. Own points and weights are not among them.',
    settingsSize: (/** @type {number} */ kib) =>
      `the file has ${kib} KiB; settings have at most 64 KiB`,
    malformed: (/** @type {string} */ where) =>
      `the file is not JSON${where}; allowed is an object of names and values, such as {"steps": 600}`,
    place: (/** @type {string} */ line, /** @type {string} */ column) =>
      `, from line ${line}, column ${column} on`,
    twice: (/** @type {string} */ key) => `the key ${key} is there twice; allowed is each once`,
    loaded: (/** @type {string} */ name) => `${name}: a new model has these settings.`,
    stop: 'Stop',
    working: 'Progress of what is being kept',
    unseen: 'A sample costs too much: take fewer solver steps.',
  },
  zh: {
    samples: '样本',
    count: '数量',
    countFault: (/** @type {string} */ got, /** @type {string} */ most) =>
      `数量：得到 ${got || '空'}；允许 1 到 ${most} 的整数。`,
    samplesHelp: '用当前权重和所选求解器重新采样。',
    csv: '样本，CSV',
    npy: '样本，NPY',
    flow: '流动过程',
    gif: '动画，GIF',
    flowHelp: '两秒钟，从 t = 0 的噪声流到 t = 1 的数据。',
    settings: '设置',
    json: '设置，JSON',
    load: '载入设置',
    settingsHelp: '全部设置及其名称，可直接交给程序库。不含自己的数据点和权重。',
    settingsSize: (/** @type {number} */ kib) => `文件有 ${kib} KiB；设置文件不超过 64 KiB`,
    malformed: (where) =>
      `文件不是 JSON${where}；允许的是由名称和值组成的对象，例如 {"steps": 600}`,
    place: (line, column) => `（从第 ${line} 行第 ${column} 列起）`,
    twice: (key) => `键 ${key} 出现了两次；每个键只允许一次`,
    loaded: (/** @type {string} */ name) => `${name}：新模型已采用这些设置。`,
    stop: '停止',
    working: '保存进度',
    unseen: '采样代价过大：请减少求解器步数。',
  },
});

const COUNT_MAX = 1_000_000;
/** Rows of text written at once: some milliseconds. */
const ROWS = 500;
const SETTINGS_BYTES_MAX = 64 * 1024;

export class Keep {
  #count = '10000';
  /** What is being made, and how far it is; null when nothing is. @type {{what: 'samples' | 'flow', fraction: number} | null} */
  #work = null;
  #faults = { samples: '', flow: '', settings: '' };
  /** What was last done with settings, read aloud. */
  #done = '';
  #inquiry = new Inquiry();
  #drawn = '';
  #root;
  #desk;

  /**
   * @param {HTMLElement} root
   * @param {import('./main.js').Desk} desk
   */
  constructor(root, desk) {
    this.#root = root;
    this.#desk = desk;
  }

  draw() {
    const look = JSON.stringify([
      say('samples'),
      this.#able,
      this.#unseen,
      this.#work,
      this.#faults,
      this.#done,
    ]);
    if (look !== this.#drawn) render(this.#view(), this.#root);
    this.#drawn = look;
  }

  /** Whether there is a model to ask. */
  get #able() {
    return !['starting', 'dead'].includes(this.#desk.session.run.phase);
  }

  get #unseen() {
    return this.#desk.session.run.unseen;
  }

  #view() {
    return html`${this.#samples()} ${this.#flow()} ${this.#settings()}`;
  }

  #samples() {
    const type = (/** @type {Event} */ event) => {
      this.#count = /** @type {HTMLInputElement} */ (event.target).value;
    };
    return html`<div>
      <h3>${say('samples')}</h3>
      <div class="field count">
        <label for="keep-count">${say('count')}</label>
        <input
          type="number"
          id="keep-count"
          min="1"
          max=${COUNT_MAX}
          .value=${this.#count}
          aria-describedby="keep-samples-fault"
          @input=${type}
        />
      </div>
      <div class="transport">
        ${['csv', 'npy'].map((kind) => {
          const key = /** @type {'csv' | 'npy'} */ (kind);
          return html`<button
            type="button"
            id="save-${kind}"
            ?disabled=${!this.#able || this.#work !== null}
            @click=${() => this.#keepSamples(key)}
          >
            ${say(key)}
          </button>`;
        })}
      </div>
      ${this.#progress('samples')} ${this.#fault('samples')}
      <p class="small">${say('samplesHelp')}</p>
    </div>`;
  }

  #flow() {
    return html`<div>
      <h3>${say('flow')}</h3>
      <div class="transport">
        <button
          type="button"
          id="save-gif"
          ?disabled=${!this.#able || this.#unseen || this.#work !== null}
          @click=${() => this.#keepFlow()}
        >
          ${say('gif')}
        </button>
      </div>
      ${this.#progress('flow')} ${this.#fault('flow')}
      <p class="small">${say(this.#unseen ? 'unseen' : 'flowHelp')}</p>
    </div>`;
  }

  #settings() {
    const take = (/** @type {File} */ file) => this.#loadSettings(file);
    return html`<div class="field">
      <h3>${say('settings')}</h3>
      <div class="transport">
        <button type="button" id="save-settings" @click=${() => this.#keepSettings()}>${say('json')}</button>
      </div>
      <label for="load-settings">${say('load')}</label>
      <input
        type="file"
        id="load-settings"
        accept=".json,application/json"
        aria-describedby="keep-settings-fault"
        @change=${(/** @type {Event} */ event) => chosenFile(event, take)}
      />
      ${this.#fault('settings')}
      <p class="small" role="status">${this.#done}</p>
      <p class="small">${say('settingsHelp')}</p>
    </div>`;
  }

  /** @param {'samples' | 'flow'} what */
  #progress(what) {
    if (this.#work?.what !== what) return nothing;
    return html`<div class="transport">
      <progress max="1" .value=${this.#work.fraction} aria-label=${say('working')}></progress>
      <button type="button" class="stop" @click=${() => this.#inquiry.drop()}>${say('stop')}</button>
    </div>`;
  }

  /** @param {'samples' | 'flow' | 'settings'} what */
  #fault(what) {
    const fault = this.#faults[what];
    return html`<p id="keep-${what}-fault" class="fault" role="alert" ?hidden=${!fault}>${fault}</p>`;
  }

  /** @param {'csv' | 'npy'} kind */
  #keepSamples(kind) {
    const n = Number(this.#count);
    if (this.#count.trim() === '' || !Number.isInteger(n) || n < 1 || n > COUNT_MAX) {
      this.#faults.samples = say('countFault', this.#count, figure(COUNT_MAX));
      return this.#desk.changed();
    }
    return this.#make('samples', async (signal, onProgress) => {
      const { session } = this.#desk;
      const { step, dim } = session.run;
      const half = (/** @type {number} */ fraction) =>
        onProgress(kind === 'csv' ? fraction / 2 : fraction);
      const samples = await session.ask('samples', (client) =>
        client.sample({ n, seed: SAMPLE_SEED, signal, onProgress: half }),
      );
      if (!samples) return;
      const blob =
        kind === 'npy'
          ? new Blob([/** @type {BlobPart} */ (writeNpy(samples, [n, dim]))])
          : await text(samples, dim, signal, (fraction) => onProgress(0.5 + fraction / 2));
      download(blob, `moonflow-${step}-samples.${kind}`);
    });
  }

  #keepFlow() {
    return this.#make('flow', async (signal, onProgress) => {
      const { session } = this.#desk;
      const { step, dim, data } = session.run;
      const flow = await session.ask('flow', (client) =>
        client.trajectory({
          n: FLYING,
          seed: SAMPLE_SEED,
          signal,
          onProgress: (fraction) => onProgress(fraction / 2),
        }),
      );
      if (!flow) return;
      const beneath = data?.subarray(0, 2 * FLYING * dim) ?? null;
      const labels = { data: 'data', samples: 'samples' };
      const film = { times: flow.times, path: flow.path, dim, data: beneath, labels };
      const show = (/** @type {number} */ fraction) => onProgress(0.5 + fraction / 2);
      download(await animate(film, this.#desk.theme(), show, signal), `moonflow-${step}.gif`);
    });
  }

  /**
   * Makes something that takes a while, which can be stopped and tells of its fault at its place.
   * @param {'samples' | 'flow'} what
   * @param {(signal: AbortSignal, onProgress: (fraction: number) => void) => Promise<void>} work
   */
  async #make(what, work) {
    this.#faults[what] = '';
    const onProgress = (/** @type {number} */ fraction) => {
      this.#work = { what, fraction };
      this.#desk.changed();
    };
    onProgress(0);
    try {
      await this.#inquiry.ask(what, (signal) => work(signal, onProgress));
    } catch (error) {
      this.#faults[what] = messageOf(error);
    }
    this.#work = null;
    this.#desk.changed();
  }

  #keepSettings() {
    const settings = JSON.stringify(this.#desk.session.dials.config, null, 2);
    download(new Blob([`${settings}\n`], { type: 'application/json' }), 'moonflow-settings.json');
  }

  /** @param {File} file */
  async #loadSettings(file) {
    this.#done = this.#faults.settings = '';
    try {
      if (file.size > SETTINGS_BYTES_MAX) {
        throw new Error(say('settingsSize', Math.ceil(file.size / 1024)));
      }
      const settings = parsed(await file.text());
      this.#desk.session.use((dials) => dials.useConfig(settings));
      this.#done = say('loaded', file.name);
    } catch (error) {
      this.#faults.settings = `${file.name}: ${messageOf(error)}`;
    }
    this.#desk.changed();
  }
}

/** Throws in words of the page, for those of a browser are its own. @param {string} text @returns {unknown} */
function parsed(text) {
  try {
    return parseStrict(text);
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    const [, key] = /^the key (".*") appears twice/.exec(message) ?? [];
    if (key) throw new Error(say('twice', key));
    const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
    throw new Error(say('malformed', line ? say('place', line, column) : ''));
  }
}

/**
 * Points as CSV, written a few at a time.
 * @param {Float32Array} points
 * @param {number} dim
 * @param {AbortSignal} signal
 * @param {(fraction: number) => void} onProgress
 */
async function text(points, dim, signal, onProgress) {
  /** @type {string[]} */
  const parts = [];
  for (let at = 0; at < points.length; at += ROWS * dim) {
    signal.throwIfAborted();
    const rows = points.subarray(at, at + ROWS * dim);
    parts.push(writeCsv(rows, rows.length / dim, dim));
    onProgress(at / points.length);
    await new Promise((resolve) => setTimeout(resolve));
  }
  return new Blob(parts, { type: 'text/csv' });
}
