/**
 * @file A run on its way to PyTorch: its weights, and one Python file that samples it and trains it on. The file is put
 * together from the Python files of this folder, which whoever calls reads: this module touches no file.
 */

import { MoonflowError, parameters, weights } from './index.js';
import { write } from './safetensors.js';

/** @typedef {import('./model.js').Model} Model */
/** @typedef {Record<typeof SOURCES[number], string>} Sources the texts of the files */

/** The Python files of this folder. */
export const SOURCES = /** @type {const} */ ([
  'flow',
  'path',
  'batches',
  'optimiser',
  'solver',
  'storage',
]);

/** Lines of flow.py in whose place the text of another file stands, and where that text begins. */
const IMPORTS = /^# In an exported file.*\n(?:from \w+ import .*\n)+/m;
const BEGINNING = /^# ---- /m;

/**
 * The files of an export by name: flow.py, weights.safetensors and, with points, points.safetensors.
 * @param {Model} model
 * @param {Sources} sources
 * @param {{points: Float32Array, labels?: Int32Array}} [own] [n, D] and [n], the user's data, which a run does not hold
 * @returns {Map<string, string | Uint8Array>}
 */
export function torchFiles(model, sources, own) {
  checkConfig(model, sources.flow);
  const [, ...parts] = SOURCES;
  const bodies = parts.map((name) => sources[name].slice(sources[name].search(BEGINNING)));
  // By a function, since a text may hold $ signs, which replace would read.
  const python = sources.flow.replace(IMPORTS, () => bodies.join('\n\n'));
  /** @type {Map<string, string | Uint8Array>} */
  const files = new Map();
  files.set('flow.py', python).set('weights.safetensors', weights.save(model));
  if (!own) return files;
  const { points, labels } = own;
  const n = points.length / model.dim;
  const tensors = new Map([['points', { shape: [n, model.dim], data: points }]]);
  if (labels) tensors.set('labels', { shape: [n], data: Float32Array.from(labels) });
  return files.set('points.safetensors', write({ tensors, metadata: {} }));
}

/**
 * The rows of a configuration that flow.py understands, with their choices; none for a number. It says so itself, in a
 * dictionary that is JSON as well.
 * @param {string} flow
 * @returns {Record<string, string[]>}
 */
function knownRows(flow) {
  const [, text] = /** @type {RegExpMatchArray} */ (flow.match(/^KNOWN = (\{[\s\S]*?^\})/m));
  return JSON.parse(text);
}

/**
 * Refuses what the Python file would not do as the engine does it.
 * @param {Model} model
 * @param {string} flow
 */
function checkConfig({ config, module, path, source }, flow) {
  const known = knownRows(flow);
  for (const { name, choices, standard, live } of parameters(module)) {
    const allowed = known[name]?.length ? known[name] : choices;
    const holds = known[name] ? true : config[name] === standard;
    if (holds && (choices.length === 0 || allowed.includes(String(config[name])))) continue;
    const has = known[name] ? allowed.join(', ') : String(standard);
    const message = `${name}: got ${config[name]}, which the PyTorch file does not have; it has ${has}`;
    const hint = live ? ', and a run may change it before it leaves' : '';
    throw new MoonflowError('unsupported', message + hint, { operation: 'export' });
  }
  if (config.path === 'custom' && !path) {
    const message = 'path: got custom without its samples; call setPath first';
    throw new MoonflowError('state', message, { operation: 'export' });
  }
  if (config.source === 'points' && !source) {
    const message = 'source: got points without them; call setSource first';
    throw new MoonflowError('state', message, { operation: 'export' });
  }
  if ((config.path === 've' || config.weight === 'edm') && config.sigma_data === 0) {
    const message = 'sigma_data: got 0, which is not yet measured; give the points of the run';
    throw new MoonflowError('state', message, { operation: 'export' });
  }
}
