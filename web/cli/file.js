/** @file Files in and out of the command: errors name the option, and a file is written whole or not at all. */

import { accessSync, constants, statSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * @param {string} what  the option or operand that named the file
 * @param {string} path
 * @returns {Promise<Uint8Array>}
 */
export async function readWhole(what, path) {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Error(`${what}: cannot read ${path}: ${reason(error)}`, { cause: error });
  }
}

/**
 * Finds out before the work, not after it, that a result will have nowhere to go.
 * @param {string} what
 * @param {string | undefined} path
 */
export function requireWritable(what, path) {
  if (path === undefined) return;
  const folder = dirname(path);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new Error(`${what}: cannot write ${path}: its folder ${folder}: ${reason(error)}`);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`${what}: cannot write ${path}: it is a folder`);
  }
}

/**
 * Writes beside the target and renames, so that a reader of `path` finds the old file or the new one and never a part.
 * @param {string} what
 * @param {string} path
 * @param {Uint8Array | string} content
 */
export async function writeWhole(what, path, content) {
  const part = `${path}.${process.pid}.part`;
  try {
    const handle = await open(part, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw new Error(`${what}: cannot write ${path}: ${reason(error)}`, { cause: error });
  }
}

/**
 * Node's own sentence without its code and call, which repeat the path.
 * @param {unknown} error
 */
export function reason(error) {
  const { message } = /** @type {Error} */ (error);
  return message.replace(/^[A-Z]+: /, '').replace(/, \w+( '.*')?$/, '');
}
