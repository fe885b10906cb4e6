/** @file The public names of Moonflow. Importing this has no side effect. */

export { Client, connect } from './client.js';
export * as csv from './csv.js';
export * as discrepancy from './discrepancy.js';
export { MoonflowError } from './errors.js';
export { compile, compileSync, support } from './loader.js';
export { Model } from './model.js';
export * as npy from './npy.js';
export { parameters, preset, presets, resolve } from './parameters.js';
export { pca } from './pca.js';
export { reflow } from './reflow.js';
export { serve } from './server.js';
export { spawn } from './spawn.js';
export { torchFiles } from './torch.js';
export * as weights from './weights.js';
