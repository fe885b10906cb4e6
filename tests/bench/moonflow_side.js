/** @file Moonflow's side of the bench, in a process of its own like every contender. Requests are those of contender.js. */

import { readFileSync } from 'node:fs';
import { answer, timed } from './answering.js';
import { batches, seedModel, startPoints } from './given_run.js';

const model = seedModel();

/**
 * @param {number} steps
 * @param {(batch: import('../../web/lib/batch.js').Batch) => number} lossOf
 */
async function losses(steps, lossOf) {
  const given = batches(model.step, steps);
  const { result, ms } = await timed(() => given.map(lossOf));
  return { losses: result, ms };
}

const manifest = new URL('../../package.json', import.meta.url);

await answer({
  version: () => ({ version: JSON.parse(readFileSync(manifest, 'utf8')).version }),
  train: ({ steps }) => losses(steps, (batch) => model.trainBatch(batch).loss),
  differentiate: ({ steps }) => losses(steps, (batch) => model.loss(batch).loss),
  sample: async ({ count, steps }) => {
    const x0 = startPoints(count);
    const { result, ms } = await timed(() =>
      model.sample({ x0, solver: 'euler', steps, weights: 'raw' }),
    );
    return { points: [...result], ms };
  },
});
