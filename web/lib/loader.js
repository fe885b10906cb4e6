/** @file Turns the engine's bytes, carried inline by wasm_build/core.js, into a compiled module. */

import * as core from '../../wasm_build/core.js';
import { integer } from './argument.js';
import { MoonflowError } from './errors.js';
import { inflate } from './inflate.js';
import { loadThreaded } from './origin.js';
import { inNode } from './threads.js';

/** FM's POOL_MOST: the most threads a model may have. The work is cut in four, so more than four gain nothing. */
export const THREADS_MAX = 16;

/**
 * The smallest module that uses a simd128 instruction: one function returning i8x16.splat(0).
 * Engines without SIMD find it invalid.
 */
const SIMD_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 8, 1, 6, 0, 65, 0, 253, 15, 11],
);

/** The smallest module that has a shared memory. */
const SHARING_PROBE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 5, 4, 1, 3, 1, 1);

/** @type {Promise<WebAssembly.Module> | undefined} */
let compiling;
/** The build for threads. @type {Promise<WebAssembly.Module> | undefined} */
let compilingShared;
/** @type {WebAssembly.Module | undefined} */
let compiled;
/** @type {Core | undefined} */
let supplied;

/**
 * What this platform lacks, and one plain sentence about it for people.
 * @returns {{ok: boolean, missing: string[], message: string}}
 */
export function support() {
  /** @type {string[]} */
  const missing = [];
  if (typeof WebAssembly !== 'object') missing.push('WebAssembly');
  else if (!WebAssembly.validate(SIMD_PROBE)) missing.push('WebAssembly SIMD');
  const ok = missing.length === 0;
  const message = ok
    ? 'Everything Moonflow needs is here.'
    : `Moonflow needs ${missing.join(' and ')}, which this browser does not have; ` +
      'a current Chrome, Edge, Firefox or Safari has it.';
  return { ok, missing, message };
}

/** The engine's bytes, as shipped. */
export function bytes() {
  return decode(core);
}

/** @param {Core} core */
function decode({ size, deflated }) {
  const text = atob(deflated);
  const packed = new Uint8Array(text.length);
  // Uint8Array.from with a function took three times as long as the rest of this.
  for (let i = 0; i < packed.length; i++) packed[i] = text.charCodeAt(i);
  return inflate(packed, size);
}

function requireSupport() {
  const { ok, missing, message } = support();
  if (!ok) throw new MoonflowError('unsupported', message, { details: { missing } });
}

/** @param {unknown} error */
const reason = (error) => (error instanceof Error ? error.message : String(error));

/**
 * The engine's bytes are here, but this platform does not compile them.
 * @param {unknown} error
 * @returns {MoonflowError}
 */
function refused(error) {
  const message =
    `Moonflow could not compile its engine (${reason(error)}); where a Content-Security-Policy is the ` +
    "cause, it must allow 'wasm-unsafe-eval'.";
  return new MoonflowError('unsupported', message, { cause: error });
}

/**
 * The file with the build for threads did not come.
 * @param {unknown} error
 * @returns {MoonflowError}
 */
function absent(error) {
  const message =
    `threads: the file core_threads.js, which they need, could not be loaded (${reason(error)}); ` +
    'it belongs beside core.js; threads: 1 works without it.';
  const details = { missing: ['core_threads.js'] };
  return new MoonflowError('unsupported', message, { cause: error, details });
}

/**
 * Compiles the engine off the calling thread's critical path; cached.
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compile() {
  requireSupport();
  try {
    compiling ??= compiled ? Promise.resolve(compiled) : WebAssembly.compile(bytes());
    compiled = await compiling;
    return compiled;
  } catch (error) {
    compiling = undefined;
    throw refused(error);
  }
}

/**
 * Compiles the engine at once; cached. For Node and workers: pages refuse large modules here.
 * @returns {WebAssembly.Module}
 */
export function compileSync() {
  requireSupport();
  try {
    compiled ??= new WebAssembly.Module(bytes());
    return compiled;
  } catch (error) {
    throw refused(error);
  }
}

/** @typedef {{size: number, deflated: string}} Core as wasm_build/inline.js writes it */

/**
 * The build of the engine for so many threads: undefined for one, whose build it is anyway. It is fetched only here.
 * @param {number} threads
 * @returns {Promise<WebAssembly.Module | undefined>}
 */
export async function compileShared(threads) {
  if (integer('threads', threads, 1, THREADS_MAX) === 1) return undefined;
  requireSupport();
  requireSharing(threads);
  try {
    compilingShared ??= loadShared();
    return await compilingShared;
  } catch (error) {
    compilingShared = undefined;
    throw error;
  }
}

async function loadShared() {
  const threaded = await (supplied ?? fetchThreaded());
  try {
    return await WebAssembly.compile(decode(threaded));
  } catch (error) {
    throw refused(error);
  }
}

/** The build for threads as it travels. */
function fetchThreaded() {
  return loadThreaded().catch((error) => {
    throw absent(error);
  });
}

/**
 * What a worker made of text has to be supplied with for threads: nothing where its own refusal says why threads cannot be.
 * @returns {Promise<Core | undefined>}
 */
export async function coreToSupply() {
  if (!maySupply()) return undefined;
  // A module itself cannot travel in a message.
  const { size, deflated } = await fetchThreaded();
  return { size, deflated };
}

const maySupply = () =>
  typeof SharedArrayBuffer === 'function' && globalThis.crossOriginIsolated !== false;

/**
 * Brings the build for threads to a place that cannot import it.
 * @param {Core} core
 */
export function supply(core) {
  supplied = core;
}

/** @param {number} threads */
function requireSharing(threads) {
  const lack = lackOfSharing();
  if (!lack) return;
  const [missing, sentence] = lack;
  const message = `threads: got ${threads}, but ${sentence}; threads: 1 works everywhere.`;
  throw new MoonflowError('unsupported', message, { details: { missing: [missing] } });
}

/**
 * What threads need and this place does not have, by name and as part of a sentence.
 * @returns {[string, string] | undefined}
 */
function lackOfSharing() {
  if (globalThis.crossOriginIsolated === false || typeof SharedArrayBuffer !== 'function') {
    const headers =
      'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp';
    return [
      'SharedArrayBuffer',
      `memory can be shared only in a page that is cross-origin isolated (headers ${headers})`,
    ];
  }
  if (!WebAssembly.validate(SHARING_PROBE)) {
    return ['WebAssembly threads', 'WebAssembly has no threads here'];
  }
  if (!mayWait()) {
    return ['Atomics.wait', "a page's own thread may not wait for others, only its workers may"];
  }
  if (!inNode() && typeof Worker !== 'function') {
    return ['Worker', 'a worker cannot start workers of its own here'];
  }
  return undefined;
}

/** Whether this thread may block. A wait for a value that is not there returns at once where it is allowed. */
function mayWait() {
  try {
    return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0) === 'not-equal';
  } catch {
    return false;
  }
}
