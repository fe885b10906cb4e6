/**
 * @file The public names of Moonflow. Importing this has no side effect. What not every program needs has an entry of its own:
 * csv.js, npy.js, pca.js, torch.js and digits.js.
 */

export { Client, connect } from './client.js';
export * as discrepancy from './discrepancy.js';
export { MoonflowError } from './errors.js';
export { compile, compileSync, support } from './loader.js';
export { Model } from './model.js';
export { parameters, preset, presets, resolve } from './parameters.js';
export { reflow } from './reflow.js';
export { serve } from './server.js';
export { spawn } from './spawn.js';
export * as weights from './weights.js';
