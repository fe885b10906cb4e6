/** @file A folder for the files of one test file, gone when its tests are done. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/**
 * @param {string} name of what is tested
 * @returns {{folder: string, at: (...names: string[]) => string}} the folder, and where a file in it is
 */
export function scratch(name) {
  const folder = mkdtempSync(join(tmpdir(), `moonflow-${name}-`));
  after(() => rmSync(folder, { recursive: true }));
  return { folder, at: (...names) => join(folder, ...names) };
}
