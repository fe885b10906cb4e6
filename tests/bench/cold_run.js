/**
 * @file One cold start in a process of its own: load, compile, create, train the default preset to its end. The clock
 * stops while a checkpoint is saved, and quality is measured afterwards, so that nothing warms the engine but the run.
 *
 *     node cold_run.js SEED TARGET CHECKPOINTS   prints one line of JSON:
 *
 * {ready, seconds, sw2, floor, reached, nfe, steps}: seconds until the model stood and until the run ended; quality at the
 * end; the seconds of the first checkpoint from which on every one is at or under TARGET, or null.
 */

const begin = performance.now();
const { compile, Model, weights } = await import('../../web/lib/index.js');

const N = 20000;
const NFE = 50;
const [seed, target, checkpoints] = process.argv.slice(2).map(Number);

const model = await Model.create({ preset: 'default', seed });
const ready = (performance.now() - begin) / 1000;
const { steps, solver } = model.config;
const total = Number(steps);

/** @type {{seconds: number, file: Uint8Array}[]} */
const saved = [];
let seconds = ready;
for (let i = 1; i <= checkpoints; i++) {
  const piece = Math.round((i * total) / checkpoints) - model.step;
  const start = performance.now();
  model.train(piece);
  seconds += (performance.now() - start) / 1000;
  saved.push({ seconds, file: weights.save(model) });
}

/** @param {Uint8Array} file */
async function qualityOf(file) {
  const loaded = await weights.load(file, { module: await compile() });
  const each = loaded.nfe(String(solver), 1);
  const quality = loaded.quality({ n: N, seed, steps: Math.round(NFE / each) });
  loaded.dispose();
  return quality;
}

const { sw2, sw2_floor: floor, nfe } = await qualityOf(saved[saved.length - 1].file);
let reached = null;
for (const checkpoint of saved.reverse()) {
  if ((await qualityOf(checkpoint.file)).sw2 > target) break;
  reached = checkpoint.seconds;
}
console.log(JSON.stringify({ ready, seconds, sw2, floor, reached, nfe, steps: total }));
