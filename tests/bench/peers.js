/** @file One training step and a set of samples, raced against PyTorch, TF.js and jax-js on the same weights and batches. */

import { JAXJS, MOONFLOW, PYTORCH, TFJS, withContenders } from './contender.js';
import { race, ratioOf } from './race.js';
import { digits, markdown, median, ratioText } from './table.js';

/** @typedef {import('./race.js').Times} Times */

const NAMES = [MOONFLOW, PYTORCH, TFJS, JAXJS];
const EULER_STEPS = 50;

/**
 * One row: our time, then theirs with the ratio ours / theirs.
 * @param {string} what
 * @param {Times} times
 * @param {number} each rounds consist of so many pieces
 */
export function raceRow(what, times, each) {
  const of = (/** @type {string} */ name) => /** @type {number[]} */ (times.get(name));
  const ours = of(MOONFLOW);
  const cells = NAMES.slice(1).map((name) => {
    const theirs = of(name);
    return `${digits(median(theirs) / each)} ms, **${ratioText(ratioOf(ours, theirs))}**`;
  });
  return [what, `${digits(median(ours) / each)} ms`, ...cells];
}

export const RACE_HEAD = ['', ...NAMES];

async function versions(/** @type {import('./contender.js').Contender[]} */ contenders) {
  /** @type {string[]} */
  const all = [];
  for (const contender of contenders) {
    const { version } = await contender.ask({ do: 'version' });
    all.push(`${contender.name} ${version}`);
  }
  return all.join(', ');
}

const INCLUDED =
  'Each cell: time, then Moonflow’s time divided by it, the median over rounds. A step is forward, backward, clipping, AdamW and EMA ' +
  'for every contender; jax-js has no optimiser, so its AdamW is written in its own arrays under the same jit.';

/** @param {{quick: boolean}} options */
export function stepTable({ quick }) {
  const [rounds, steps] = quick ? [3, 8] : [9, 40];
  return withContenders(NAMES, async (contenders) => {
    const peers = await versions(contenders);
    const plan = { output: /** @type {const} */ ('losses'), rounds };
    const train = await race(contenders, { ...plan, request: { do: 'train', steps }, fresh: 1 });
    const alone = { do: 'differentiate', steps };
    const gradient = await race(contenders, { ...plan, request: alone, fresh: 0 });
    const rows = [
      raceRow('one training step, batch 512', train, steps),
      raceRow('forward and backward alone', gradient, steps),
    ];
    return {
      title: 'Training step of the published model: D 2, H 128, T 128, two hidden layers',
      text: `${markdown(RACE_HEAD, rows)}\n\n${INCLUDED} Medians of ${rounds} rounds of ${steps} steps. ${peers}.`,
      readme: { rows: rows.slice(0, 1), peers, rounds },
    };
  });
}

/** @param {{quick: boolean}} options */
export function samplingTable({ quick }) {
  const [rounds, count] = quick ? [2, 500] : [5, 2000];
  return withContenders(NAMES, async (contenders) => {
    const peers = await versions(contenders);
    const request = { do: 'sample', count, steps: EULER_STEPS };
    const times = await race(contenders, { request, output: 'points', fresh: 2 * count, rounds });
    const rows = [raceRow(`${count.toLocaleString('en')} samples, Euler ${EULER_STEPS}`, times, 1)];
    return {
      title: 'Sampling from the published model',
      text: `${markdown(RACE_HEAD, rows)}\n\nMedians of ${rounds} rounds. ${peers}.`,
      readme: { rows, peers, rounds },
    };
  });
}
