/** @file What a server of protocol.js can be asked, by the names that requests carry. */

import { discrepancySlices } from './discrepancy.js';
import { pathEnergySlices } from './energy.js';
import { supply } from './loader.js';
import * as oracle from './oracle.js';
import { qualitySlices, sw2Slices } from './quality.js';
import { save } from './weights.js';

/** @typedef {import('./server.js').Server} Server */
/** @typedef {import('./server.js').Task} Task */

/**
 * What an operation answers with: a value, or work that returns one.
 * @type {Record<string, (server: Server, options: any, task: Task) => any>}
 */
export const OPERATIONS = {
  hello: () => ({ protocol: 1 }),
  info: (server) => server.info(),
  create: (server, options) => server.create(options),
  load: (server, options) => server.load(options),
  set: (server, partial) => server.change((model) => model.set(partial)),
  reset: (server) => server.change((model) => model.reset()),
  restore: (server, saved) => server.change((model) => model.restore(saved)),
  setPoints: (server, { points, n, labels }) =>
    server.change((model) => model.setPoints(points, n, labels)),
  setSource: (server, { points, n }) => server.change((model) => model.setSource(points, n)),
  setPath: (server, samples) => server.change((model) => model.setPath(samples)),
  setPairs: (server, { x0, x1, n, labels }) =>
    server.change((model) => model.setPairs(x0, x1, n, labels)),
  setLatent: (server, latent) => server.change((model) => model.setLatent(latent)),
  setImages: (server, images) => server.change((model) => model.setImages(images)),
  reflowBegin: (server) => server.change((model) => model.reflowBegin()),
  // Copies, since a reply gives the arrays in it away.
  source: (server) => structuredClone(server.model.source),
  path: (server) => structuredClone(server.model.path),
  latent: (server) => structuredClone(server.model.latent),
  images: (server) => structuredClone(server.model.images),
  warnings: (server) => server.model.warnings,
  tensors: (server) => server.model.tensors(),
  pixels: (server, { points }) => server.model.pixels(points),
  encode: (server, { data }) => server.model.encode(data),
  decode: (server, { points }) => server.model.decode(points),
  trainBatch: (server, batch) => server.model.trainBatch(batch),
  loss: (server, batch) => server.model.loss(batch),
  nfe: (server, { solver, steps }) => server.model.nfe(solver, steps),
  stepOnce: (server) => ({ losses: server.model.train(1), stats: server.model.stats }),
  stats: (server) => server.model.stats,
  lossByTime: (server) => server.model.lossByTime,
  sample: (server, options) => server.model.sampleSlices(options),
  interpolate: (server, options) => server.model.interpolateSlices(options),
  trajectory: (server, options) => server.model.trajectorySlices(options),
  velocity: (server, options) => server.model.velocity(options),
  convert: (server, options) => server.model.convert(options),
  noise: (server, options) => server.model.noise(options),
  data: (server, options) => server.model.data(options),
  dataLabels: (server, options) => server.model.dataLabels(options),
  batch: (server, { step }) => server.model.batch(step),
  assign: (server, { x0, x1 }) => server.model.assign(x0, x1),
  sw2: (server, { a, b, ...options }) => sw2Slices(server.model, a, b, options),
  quality: (server, options) => qualitySlices(server.model, options),
  discrepancy: (server, options) => discrepancySlices(server.model, options),
  pathEnergy: (server, options) => pathEnergySlices(server.model, options),
  pairing: (server, options) => server.model.pairing(options),
  straightness: (server, options) => server.model.straightnessSlices(options),
  loglik: (server, options) => server.model.loglikSlices(options),
  nll: (server, options) => server.model.nllSlices(options),
  density: (server, options) => server.model.densitySlices(options),
  oracleExists: (server) => server.model.oracle.exists,
  oracleVelocity: (server, options) => server.model.oracle.velocity(options),
  irreducibleLoss: (server, options) => oracle.irreducibleLossSlices(server.model, options),
  fieldError: (server, options) => oracle.fieldErrorSlices(server.model, options),
  floor: (server) => oracle.floorSlices(server.model),
  excess: (server, { losses }) => oracle.excessSlices(server.model, losses),
  fieldMap: (server, options) => oracle.fieldMapSlices(server.model, options),
  digestOf: (server, { array }) => server.model.digestOf(array),
  digest: (server) => server.model.digest(),
  save: (server) => save(server.model),
  supply: (_server, { core }) => supply(core),
  train: (server, options, task) => server.stream(task).train(options),
  reflow: (server, options, task) => server.stream(task).reflow(options),
};

export const STREAMS = ['train', 'reflow'];
/** They pull the model, or what it learns from, from under a running stream. */
const DATA = ['setPoints', 'setSource', 'setPath', 'setPairs'];
const STEPS = ['stepOnce', 'trainBatch', 'reflowBegin'];
export const EXCLUSIVE = ['create', 'load', 'restore', 'reset', ...DATA, ...STEPS, ...STREAMS];
