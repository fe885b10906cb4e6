/** @file What a server of protocol.js can be asked, by the names that requests carry. */

import { discrepancySlices } from './discrepancy.js';
import { pathEnergySlices } from './energy.js';
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
  oracleVelocity: (server, options) => server.model.oracle.velocity(options),
  irreducibleLoss: (server, options) => oracle.irreducibleLossSlices(server.model, options),
  fieldError: (server, options) => oracle.fieldErrorSlices(server.model, options),
  floor: (server) => oracle.floorSlices(server.model),
  excess: (server, { losses }) => oracle.excessSlices(server.model, losses),
  fieldMap: (server, options) => oracle.fieldMapSlices(server.model, options),
  digest: (server) => server.model.digest(),
  save: (server) => save(server.model),
  train: (server, options, task) => server.stream(task).train(options),
  reflow: (server, options, task) => server.stream(task).reflow(options),
};

export const STREAMS = ['train', 'reflow'];
/** They pull the model from under a running stream. */
export const EXCLUSIVE = ['create', 'load', 'reset', 'stepOnce', ...STREAMS];
