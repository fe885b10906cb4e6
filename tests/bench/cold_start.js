/** @file Time to quality: the default preset from a cold start until its samples are as good as asked. */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { markdown, median } from './table.js';

/** @typedef {{ready: number, seconds: number, sw2: number, floor: number, reached: number | null, nfe: number, steps: number}} Run */

const TARGET = 0.026;
const SEEDS = [1, 2, 3];
const CHECKPOINTS = 40;

/** @param {number} seed */
function runOf(seed) {
  const script = fileURLToPath(new URL('cold_run.js', import.meta.url));
  const args = [script, seed, TARGET, CHECKPOINTS].map(String);
  process.stderr.write(`  cold start: seed ${seed}\n`);
  return /** @type {Run} */ (
    JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
  );
}

/** @param {number | null} reached */
const secondsText = (reached) => (reached === null ? 'not reached' : `${reached.toFixed(2)} s`);

/** @param {{quick: boolean}} options */
export async function qualityTable({ quick }) {
  const seeds = quick ? SEEDS.slice(0, 1) : SEEDS;
  const runs = seeds.map((seed) => ({ seed, ...runOf(seed) }));
  const [{ nfe, steps }] = runs;
  const rows = runs.map(({ seed, ready, reached, seconds, sw2, floor }) => [
    String(seed),
    `${(1000 * ready).toFixed(0)} ms`,
    secondsText(reached),
    `${seconds.toFixed(2)} s`,
    sw2.toFixed(4),
    floor.toFixed(4),
  ]);
  const head = [
    'seed',
    'load, compile, create',
    `SW2 ≤ ${TARGET} from`,
    `${steps} steps`,
    'SW2',
    'floor',
  ];
  const mean = (/** @type {number[]} */ list) =>
    list.reduce((sum, each) => sum + each) / list.length;
  return {
    title: 'Time to quality: default preset, one thread, a fresh process for each seed',
    text: `${markdown(head, rows)}\n\nSW2 of 20,000 samples at ${nfe} NFE; the floor is the same metric between two sets of real points. Time counts from a checkpoint on which every later one keeps the target, ${CHECKPOINTS} a run.`,
    readme: {
      target: TARGET,
      reached: `${runs.filter((run) => run.sw2 <= TARGET).length} of ${runs.length}`,
      seconds: secondsText(median(runs.map((run) => run.seconds))),
      sw2: mean(runs.map((run) => run.sw2)).toFixed(4),
      floor: mean(runs.map((run) => run.floor)).toFixed(4),
      steps,
      nfe,
    },
  };
}
