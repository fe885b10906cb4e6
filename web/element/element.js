/**
 * @file `<moon-flow>`: flow matching that trains in the reader's browser, in one line of a page. Importing this defines the
 * element where there are elements, once, and does nothing elsewhere, so that a page may be rendered in Node.
 *
 *   <script type="module" src="element.js"></script>
 *   <moon-flow data="moons" seed="7"></moon-flow>
 *
 * Attributes
 *   data        a named data set: moons, 8gaussians, ...; 'moons' unless given
 *   seed        of everything random, 0 to 4294967295: the same seed gives the same bits on every machine
 *   config      more parameters, as JSON, {"steps": 600, "coupling": "ot"}, or as a link of the page has them,
 *               steps=600&coupling=ot; `data` and `seed` stand over it
 *   autostart   visible (unless given): begins when it is seen, or at a press where little motion is asked for;
 *               click: at a press; none: by `start()` or a press
 *   controls    minimal (unless given); full: with Reset; none: the picture and the figures
 *   theme       auto (unless given): dark where the text around it is light; light; dark
 *   poster      address of a picture that is shown until it begins; a drawing stands for one that does not come
 *   lang        en, zh; of the element or what is around it
 *   host        origin of the page around a frame, for height and theme; see mailbox.js
 *   worker-url  of the file moonflow/worker, for policies that forbid blob workers: tried before any other way, and told in
 *               `refused` when it leads nowhere; read when a worker is started
 *
 * A value that cannot be is told in the element with what is allowed, and the model that runs goes on as it was. One that has
 * failed begins anew when what it is to learn is changed.
 *
 * Properties: `data`, `seed`, `autostart`, `controls`, `theme`, `poster`, `host` are the attributes as text; `config` takes an
 * object too; `t` is the time of the flow shown, 0 noise to 1 data. To read: `state` (waiting, opening, training, paused,
 * sleeping, finished, failed), `step`, `total`, `loss`, `quality` ({sw2, floor} or null), `message`, `transport` and `refused`
 * (how its worker was started; see spawn).
 *
 * Methods: `start()`; `pause()`; `reset()`, after a failure to wait for a start; `digest()` of the weights and `save()`, a
 * safetensors file, as promises. Each element has a worker of its own from when it begins until it leaves the document: a finished one keeps
 * its model there.
 *
 * Events, all of which bubble: moonflow-start {step, total}; moonflow-step {step, total, loss, quality}, some 20 a second;
 * moonflow-pause, with the same; moonflow-finish, with `hash` too; moonflow-error {message}.
 *
 * Slots: `poster`, a picture of your own until it begins. Anything else in the element is for browsers without scripts.
 *
 * Parts for ::part(): frame, stage, poster, controls, button, slider, status, message. Properties of style: --moonflow-ratio of
 * the picture (4 / 3; 1 in narrow places), --moonflow-radius.
 *
 * It rests off-screen and in hidden tabs: no step, no frame. Moved within its document it goes on. Taken out of it, it ends its
 * worker and keeps its model: put back, it goes on after the step it had reached, with what it was asked to learn; or begins anew when
 * that has changed.
 */

import { Embed } from './embed.js';
import { Face } from './face.js';

const ATTRIBUTES = [
  ...['data', 'seed', 'config', 'autostart', 'controls', 'theme'],
  ...['poster', 'lang', 'host', 'worker-url'],
];
const TEXTS = ['data', 'seed', 'autostart', 'controls', 'theme', 'poster', 'host'];

/**
 * The element as scripts see it.
 * @typedef {HTMLElement & {
 *   data: string | null, seed: string | null, autostart: string | null, controls: string | null, theme: string | null,
 *   poster: string | null, host: string | null, config: string | object | null, t: number,
 *   readonly state: import('./face.js').State, readonly step: number, readonly total: number, readonly loss: number,
 *   readonly quality: {sw2: number, floor: number} | null, readonly message: string,
 *   readonly transport: string | undefined, readonly refused: {transport: string, reason: string}[],
 *   start: () => void, pause: () => void, reset: () => void,
 *   digest: () => Promise<string>, save: () => Promise<Uint8Array>}} MoonFlowElement
 */

/** Made when it is asked for: where there are no elements there is nothing to extend. */
function made() {
  class MoonFlow extends HTMLElement {
    static observedAttributes = ATTRIBUTES;
    /** @type {Embed | null} */
    #embed = null;
    /** @type {import('./learner.js').Memory | null} */
    #memory = null;
    #face;

    constructor() {
      super();
      this.#face = new Face(this.attachShadow({ mode: 'open' }), {
        start: () => this.#embed?.toggle(),
        reset: () => this.reset(),
        seek: (t) => this.#embed?.seek(t),
        recoloured: () => this.#embed?.invalidate(),
      });
    }

    connectedCallback() {
      for (const name of [...TEXTS, 'config']) this.#upgrade(name);
      this.#embed ??= new Embed(this, this.#face, this.#memory);
    }

    disconnectedCallback() {
      // Moving is leaving and coming at once.
      queueMicrotask(() => {
        if (this.isConnected) return;
        this.#memory = this.#embed?.end() ?? null;
        this.#embed = null;
      });
    }

    attributeChangedCallback() {
      this.#embed?.reread();
    }

    get config() {
      return this.getAttribute('config');
    }

    set config(value) {
      if (value === null || value === undefined) this.removeAttribute('config');
      else {
        const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
        this.setAttribute('config', text);
      }
    }

    get t() {
      return this.#embed?.t ?? 1;
    }

    set t(value) {
      if (!(value >= 0 && value <= 1)) throw new RangeError(`t: got ${value}; allowed is 0 to 1`);
      this.#embed?.seek(Number(value));
    }

    get state() {
      return this.#embed?.state ?? 'waiting';
    }

    get step() {
      return this.#embed?.learner?.step ?? 0;
    }

    get total() {
      return this.#embed?.learner?.total ?? 0;
    }

    get loss() {
      return this.#embed?.learner?.loss ?? Number.NaN;
    }

    get quality() {
      return this.#embed?.learner?.quality ?? null;
    }

    get message() {
      return this.#embed?.message ?? '';
    }

    get transport() {
      return this.#embed?.learner?.transport;
    }

    get refused() {
      return this.#embed?.learner?.refused ?? [];
    }

    start() {
      this.#embed?.start();
    }

    pause() {
      this.#embed?.pause();
    }

    reset() {
      this.#embed?.reset();
    }

    async digest() {
      return this.#begun().digest();
    }

    async save() {
      return this.#begun().save();
    }

    /** Takes what a script has set before the class was there. @param {string} name */
    #upgrade(name) {
      if (!Object.hasOwn(this, name)) return;
      const value = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }

    #begun() {
      const learner = this.#embed?.learner;
      if (learner?.config) return learner;
      throw new Error('moon-flow: got no model yet; wait for moonflow-start');
    }
  }
  for (const name of TEXTS) {
    Object.defineProperty(MoonFlow.prototype, name, {
      configurable: true,
      enumerable: true,
      get() {
        return this.getAttribute(name);
      },
      set(value) {
        if (value === null || value === undefined) this.removeAttribute(name);
        else this.setAttribute(name, String(value));
      },
    });
  }
  return MoonFlow;
}

/**
 * Defines the element, unless somebody has: a page may load this twice.
 * @param {string} [name] with a hyphen
 * @returns {CustomElementConstructor} the class that the name stands for
 */
export function define(name = 'moon-flow') {
  const known = customElements.get(name);
  if (known) return known;
  const MoonFlow = made();
  customElements.define(name, MoonFlow);
  return MoonFlow;
}

if (typeof customElements === 'object' && typeof HTMLElement === 'function') define();
