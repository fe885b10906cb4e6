/** @file A project that has installed the package as npm would from the archive, in a folder of its own. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const archive = fileURLToPath(new URL('../../wasm_build/moonflow.tgz', import.meta.url));

/** @returns {{folder: string, write: (name: string, text: string) => string, run: (...words: string[]) => string, remove: () => void}} */
export function install() {
  const folder = mkdtempSync(join(tmpdir(), 'moonflow-'));
  const write = (/** @type {string} */ name, /** @type {string} */ text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  write('package.json', JSON.stringify({ private: true, type: 'module' }));
  const quiet = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', ...quiet, archive], { cwd: folder, encoding: 'utf8' });
  return {
    folder,
    write,
    run: (...words) =>
      execFileSync(process.execPath, words, { cwd: folder, encoding: 'utf8', timeout: 60_000 }),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
