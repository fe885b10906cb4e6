/**
 * Two sliders for both sides of a contest at once: the time of the flow and the time of the training.
 */

import { html } from 'lit/html.js';
import { figure, words } from './tongue.js';

/** Positions of the slider of the flow. */
const POSITIONS = 200;

const say = words({
  en: {
    flow: 'Flow time, both',
    training: 'Training time, both',
    play: 'Play the flow of both',
    rest: 'Pause the flow of both',
    noise: 'noise',
    data: 'data',
    first: 'first step',
    last: 'last',
    at: (/** @type {string} */ t) => `t = ${t}`,
    step: (/** @type {string} */ step) => `step ${step}`,
  },
  zh: {
    flow: '流时间（两边同步）',
    training: '训练时间（两边同步）',
    play: '播放两边的流动',
    rest: '暂停两边的流动',
    noise: '噪声',
    data: '数据',
    first: '第一步',
    last: '最后',
    at: (t) => `t = ${t}`,
    step: (step) => `第 ${step} 步`,
  },
});

/**
 * @param {import('./clock.js').Clock} clock
 * @param {{last: number, at: number | null, step: number, seek: (at: number | null) => void}} training  the last of the moments,
 *   the one that is shown (null: the last), its step, and who hears of another
 */
export function shuttle(clock, { last, at, step, seek }) {
  const { t, playing } = clock;
  const time = say('at', t.toFixed(2));
  const reached = say('step', figure(step));
  const action = say(playing ? 'rest' : 'play');
  const numberOf = (/** @type {Event} */ { target }) =>
    Number(/** @type {HTMLInputElement} */ (target).value);
  const onMoment = (/** @type {Event} */ event) => {
    const value = numberOf(event);
    seek(value < last ? value : null);
  };
  return html`<div class="scrubber">
      <div class="head">
        <button type="button" id="compare-play" class="round" aria-label=${action} title=${action}
          data-playing=${playing} @click=${() => clock.toggle()}></button>
        <label for="compare-time">${say('flow')}</label>
        <output class="figures" for="compare-time">${time}</output>
      </div>
      <div class="rail">
        <span class="end">${say('noise')}</span>
        <input type="range" id="compare-time" min="0" max=${POSITIONS} step="1"
          .value=${String(Math.round(t * POSITIONS))} aria-valuetext=${time}
          @input=${(/** @type {Event} */ event) => clock.seek(numberOf(event) / POSITIONS)} />
        <span class="end">${say('data')}</span>
      </div>
    </div>
    <div class="scrubber">
      <div class="head">
        <label for="compare-moment">${say('training')}</label>
        <output class="figures" for="compare-moment">${reached}</output>
      </div>
      <div class="rail">
        <span class="end">${say('first')}</span>
        <input type="range" id="compare-moment" min="0" .max=${String(Math.max(1, last))} step="1"
          .value=${String(last === 0 ? 1 : Math.min(at ?? last, last))} ?disabled=${last === 0}
          aria-valuetext=${reached} @input=${onMoment} />
        <span class="end">${say('last')}</span>
      </div>
    </div>`;
}
