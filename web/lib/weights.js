/**
 * @file A run as a safetensors file. The weights carry PyTorch's own names ("net.0.weight"), so load_state_dict takes
 * them; "ema.", "adam.m." and "adam.v." before a name hold the moving average and the optimiser's moments, "ema2." and
 * "ema3." further averages where the run has them. The metadata holds the format's name, the whole configuration, the
 * coupling before the first reflow, step and round, so that a run resumes and resets to the same bits; the user's own path
 * is there as "path.alpha" and "path.sigma", the points of a source of one's own as "source.points"; "latent.mean" and
 * "latent.components" what decodes points of a latent space; of a run of images the metadata holds their size.
 * The data and pairs are not in the file, only "data", the SHA-256 of points and labels, by which `dataDiffers` tells others, and
 * "teacher", that of the model whose pairs a reflow round learns from: give the points again; a run inside a reflow round needs its pairs again to
 * train on.
 */

import { record } from './argument.js';
import { MoonflowError } from './errors.js';
import { give } from './extras.js';
import { parseStrict } from './json.js';
import { compile, compileShared } from './loader.js';
import { Model } from './model.js';
import { hire } from './pool.js';
import { malformed, read, write } from './safetensors.js';
import { savedSlots, tensorInfos } from './slots.js';

export { read } from './safetensors.js';

/** @typedef {import('./parameters.js').PartialConfig} PartialConfig */
/** @typedef {import('./safetensors.js').Contents} Contents */
/** @typedef {import('./path.js').PathSamples} PathSamples */
/** @typedef {import('./slots.js').SavedSlot} SavedSlot */
/** @typedef {import('./slots.js').SavedState} SavedState */

/**
 * The configuration is for a file that has none, such as one from PyTorch; path, source, latent and images are for one without
 * its own.
 * @typedef {{config?: PartialConfig} & import('./extras.js').Extras} LoadOptions
 */

const FORMAT = 'moonflow 1';
const STEP_MAX = 0x7fffffff;

/** What stands before a tensor's name, by slot. @type {Record<SavedSlot, string>} */
const PREFIXES = {
  raw: '',
  ema: 'ema.',
  moment: 'adam.m.',
  variance: 'adam.v.',
  ema2: 'ema2.',
  ema3: 'ema3.',
};

const LATENT_NAMES = /** @type {const} */ ({
  mean: 'latent.mean',
  components: 'latent.components',
});
const SOURCE_NAME = 'source.points';
const PATH_NAMES = /** @type {const} */ ({ alpha: 'path.alpha', sigma: 'path.sigma' });

/**
 * @param {Model} model
 * @returns {Uint8Array}
 */
export function save(model) {
  const { config, firstCoupling, images, latent, path, source, stats, teacher } = model;
  const data = model.dataDigest ?? model.trainedOn;
  const rows = model.tensors();
  /** @type {Contents['tensors']} */
  const tensors = new Map();
  for (const slot of savedSlots(model)) {
    for (const { name, shape, ...slots } of rows) {
      const data = /** @type {Float32Array} */ (slots[slot]);
      tensors.set(PREFIXES[slot] + name, { shape, data });
    }
  }
  if (path) {
    tensors.set(PATH_NAMES.alpha, { shape: [path.alpha.length], data: path.alpha });
    tensors.set(PATH_NAMES.sigma, { shape: [path.sigma.length], data: path.sigma });
  }
  if (source) {
    tensors.set(SOURCE_NAME, { shape: [source.length / model.dim, model.dim], data: source });
  }
  if (latent) {
    const { mean, components } = latent;
    tensors.set(LATENT_NAMES.mean, { shape: [mean.length], data: mean });
    const shape = [model.dim, mean.length];
    tensors.set(LATENT_NAMES.components, { shape, data: components });
  }
  const { step, round } = stats;
  const metadata = {
    format: FORMAT,
    config: JSON.stringify(config),
    first_coupling: firstCoupling,
    step: String(step),
    round: String(round),
    ...(data && { data }),
    ...(round > 0 && teacher && { teacher }),
    ...(images && { images: JSON.stringify({ ...images, latent: undefined }) }),
  };
  return write({ tensors, metadata });
}

/**
 * @param {Uint8Array} bytes
 * @param {LoadOptions & {module?: WebAssembly.Module, threads?: number}} [options] threads as in Model.create
 * @returns {Promise<Model>}
 */
export async function load(bytes, { module, threads = 1, ...options } = {}) {
  const shared = await compileShared(threads);
  const model = loadSync(bytes, { ...options, module: module ?? (await compile()), shared });
  return hire(model, threads);
}

/**
 * The model a file describes; when the file is refused, nothing is left behind.
 * @param {Uint8Array} bytes
 * @param {LoadOptions & {module: WebAssembly.Module, shared?: WebAssembly.Module}} options
 * @returns {Model}
 */
export function loadSync(bytes, { module, shared, config, points, labels, ...given }) {
  const contents = read(bytes);
  const own = {
    path: takePath(contents),
    source: takeSource(contents),
    latent: takeLatent(contents),
    images: imagesIn(contents),
  };
  const extras = { points, labels, ...onlyOne(own, given) };
  const run = runOf(contents.metadata, config);
  const model = Model.createSync(run.config, module, shared);
  try {
    const slots = run.bare ? bareSlots(model, contents) : wholeSlots(model, contents);
    model.restore({ ...slots, step: run.step, round: run.round });
    model.trainedOn = hashIn(contents, 'data');
    model.teacher = hashIn(contents, 'teacher');
    if (run.coupling !== undefined) model.set({ coupling: run.coupling });
    give(model, extras, 'load');
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/**
 * A digest of a file; those of before these entries have none, and nothing is compared then.
 * @param {Contents} contents
 * @param {'data' | 'teacher'} name
 */
function hashIn({ metadata }, name) {
  const text = metadata[name];
  if (text === undefined || /^[0-9a-f]{64}(:[0-9a-f]{64})?$/.test(text)) return text;
  throw malformed(`${name}: got ${JSON.stringify(text)}; allowed is a SHA-256 in hex`);
}

/**
 * What a file has of its own, or what is given in its place: never both.
 * @param {Record<string, any>} own
 * @param {Record<string, any>} given
 */
function onlyOne(own, given) {
  const twice = Object.keys(own).find((name) => own[name] && given[name] !== undefined);
  const whole = Object.keys(own).map((name) => [name, own[name] ?? given[name]]);
  if (twice === undefined) return { ...given, ...Object.fromEntries(whole) };
  const message = `${twice}: got one beside a file that has its own; allowed is none`;
  throw new MoonflowError('argument', message, { operation: 'load' });
}

/**
 * The path of a file, taken out of its tensors.
 * @param {Contents} contents
 * @returns {PathSamples | undefined}
 */
function takePath({ tensors }) {
  const [alpha, sigma] = takePair(tensors, PATH_NAMES.alpha, PATH_NAMES.sigma) ?? [];
  return alpha && sigma ? { alpha, sigma } : undefined;
}

/**
 * The source of a file, taken out of its tensors.
 * @param {Contents} contents
 */
function takeSource({ tensors }) {
  const entry = tensors.get(SOURCE_NAME);
  tensors.delete(SOURCE_NAME);
  return entry?.data;
}

/**
 * What the points of a file's run are images of.
 * @param {Contents} contents
 * @returns {import('./images.js').Images | undefined}
 */
function imagesIn({ metadata: { images: text } }) {
  if (text === undefined) return undefined;
  return /** @type {import('./images.js').Images} */ (record('images', jsonOf('images', text)));
}

/**
 * The latent space of a file's run, taken out of its tensors.
 * @param {Contents} contents
 * @returns {import('./pca.js').Latent | undefined}
 */
function takeLatent({ tensors }) {
  const [mean, components] = takePair(tensors, LATENT_NAMES.mean, LATENT_NAMES.components) ?? [];
  return mean && components ? { mean, components } : undefined;
}

/**
 * Two tensors of a file, taken out of it: both or none.
 * @param {Contents['tensors']} tensors
 * @param {...string} names
 * @returns {Float32Array[] | undefined}
 */
function takePair(tensors, ...names) {
  const found = names.flatMap((name) => tensors.get(name)?.data ?? []);
  for (const name of names) tensors.delete(name);
  if (found.length === 1) throw malformed(`tensors ${names.join(', ')}: got one; allowed are both`);
  return found.length > 0 ? found : undefined;
}

/**
 * @param {string} thing
 * @param {string | undefined} text
 * @returns {unknown}
 */
function jsonOf(thing, text) {
  try {
    return parseStrict(String(text));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw malformed(`${thing}: got text that is not strict JSON (${why})`, error);
  }
}

/**
 * Which run a file holds: its own, or bare weights for the configuration given.
 * @param {Record<string, string>} metadata
 * @param {PartialConfig | undefined} given
 * @returns {{bare: boolean, config: PartialConfig, coupling?: string, step: number, round: number}} `config` is that of
 *   round 0, and `coupling` what it has become since
 */
function runOf({ format, config: text, first_coupling, step, round }, given) {
  const named = given !== undefined && Object.keys(given).length > 0;
  if (!format?.startsWith('moonflow')) {
    if (given !== undefined) return { bare: true, config: given, step: 0, round: 0 };
    const message =
      'config: got none, and the file has none; allowed is the one it was trained with';
    throw new MoonflowError('argument', message, { operation: 'load' });
  }
  if (format !== FORMAT) {
    throw malformed(`format: got ${JSON.stringify(format)}; allowed is "${FORMAT}"`);
  }
  if (named) {
    const message = 'config: got one beside a file that has its own; allowed is none, use set()';
    throw new MoonflowError('argument', message, { operation: 'load' });
  }
  const counts = { step: countOf('step', step), round: countOf('round', round) };
  const config = configOf(text);
  // Files of before this entry do not tell; their runs reset to the coupling they had last.
  if (first_coupling === undefined || counts.round === 0) return { bare: false, config, ...counts };
  const { coupling } = record('config', config);
  return {
    bare: false,
    config: { ...config, coupling: first_coupling },
    coupling: String(coupling),
    ...counts,
  };
}

/**
 * A file from before there was a choice of optimiser names none, and was trained with AdamW.
 * @param {string | undefined} text
 * @returns {PartialConfig}
 */
function configOf(text) {
  const config = /** @type {PartialConfig} */ (jsonOf('config', text));
  const names = config !== null && typeof config === 'object' && !Array.isArray(config);
  if (names && !Object.hasOwn(config, 'optimiser')) config.optimiser = 'adamw';
  return config;
}

/**
 * @param {string} thing
 * @param {string | undefined} text
 */
function countOf(thing, text) {
  const count = /^\d{1,10}$/.test(text ?? '') ? Number(text) : Number.NaN;
  if (count <= STEP_MAX) return count;
  throw malformed(`${thing}: got ${JSON.stringify(text)}; allowed are digits, up to ${STEP_MAX}`);
}

/**
 * @param {Model} model
 * @param {Contents} contents
 * @returns {Omit<SavedState, 'step' | 'round'>}
 */
function wholeSlots(model, { tensors }) {
  const [infos, saved] = [tensorInfos(model), savedSlots(model)];
  checkNames(
    tensors,
    saved.flatMap((slot) => infos.map(({ name }) => PREFIXES[slot] + name)),
  );
  const slots = saved.map((slot) => [slot, gather(model, tensors, PREFIXES[slot])]);
  return Object.fromEntries(slots);
}

/**
 * Bare weights begin a run: the moving averages start at them, the moments at 0.
 * @param {Model} model
 * @param {Contents} contents
 * @returns {Omit<SavedState, 'step' | 'round'>}
 */
function bareSlots(model, { tensors }) {
  const names = tensorInfos(model).map(({ name }) => name);
  checkNames(tensors, names);
  const raw = gather(model, tensors, '');
  const zero = new Float32Array(raw.length);
  return { raw, ema: raw, ema2: raw, ema3: raw, moment: zero, variance: zero };
}

/**
 * @param {Contents['tensors']} tensors
 * @param {string[]} names
 */
function checkNames(tensors, names) {
  const missing = names.find((name) => !tensors.has(name));
  if (missing !== undefined) {
    throw malformed(`tensor ${missing}: got none; allowed is exactly one in a file for this model`);
  }
  const wanted = new Set(names);
  const extra = [...tensors.keys()].find((name) => !wanted.has(name));
  if (extra === undefined) return;
  throw malformed(`tensor ${JSON.stringify(extra)}: got one; allowed are ${names.join(', ')}`);
}

/**
 * A whole slot from the tensors that carry `prefix`.
 * @param {Model} model
 * @param {Contents['tensors']} tensors
 * @param {string} prefix
 */
function gather(model, tensors, prefix) {
  const slot = new Float32Array(model.parameterCount);
  for (const { name, shape, offset } of tensorInfos(model)) {
    const entry = /** @type {import('./safetensors.js').Entry} */ (tensors.get(prefix + name));
    if (entry.shape.join() !== shape.join()) {
      const got = `[${entry.shape.join(', ')}]`;
      throw malformed(`tensor ${prefix}${name}: got shape ${got}, expected [${shape.join(', ')}]`);
    }
    slot.set(entry.data, offset);
  }
  return slot;
}
