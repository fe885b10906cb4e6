/** @file Turns the engine's bytes, carried inline by wasm_build/core.js, into a compiled module. */

import { wasm } from '../../wasm_build/core.js';
import { MoonflowError } from './errors.js';

/**
 * The smallest module that uses a simd128 instruction: one function returning i8x16.splat(0).
 * Engines without SIMD find it invalid.
 */
const SIMD_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 8, 1, 6, 0, 65, 0, 253, 15, 11],
);

/** @type {Promise<WebAssembly.Module> | undefined} */
let compiling;
/** @type {WebAssembly.Module | undefined} */
let compiled;

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
  return Uint8Array.from(atob(wasm), (character) => character.charCodeAt(0));
}

function requireSupport() {
  const { ok, missing, message } = support();
  if (!ok) throw new MoonflowError('unsupported', message, { details: { missing } });
}

/**
 * @param {unknown} error
 * @returns {MoonflowError}
 */
function refused(error) {
  const why = error instanceof Error ? error.message : String(error);
  const message =
    `Moonflow could not compile its engine (${why}); a Content-Security-Policy must allow ` +
    "'wasm-unsafe-eval'.";
  return new MoonflowError('unsupported', message, { cause: error });
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
