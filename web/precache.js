/**
 * A plugin of the build: writes the service worker beside the built page, with the names of all its files and a version that is
 * another as soon as one byte of them is.
 */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const source = new URL('./offline.js', import.meta.url);
const NAME = 'offline.js';

/** @returns {import('vite').Plugin} */
export function precache() {
  return {
    name: 'precache',
    apply: 'build',
    writeBundle: {
      order: 'post',
      handler({ dir = '' }) {
        const files = filesIn(dir).filter((file) => file !== NAME);
        const hash = createHash('sha256').update(readFileSync(source));
        for (const file of files) hash.update(file).update(readFileSync(join(dir, file)));
        // A folder and its index.html are one page under two addresses.
        const addresses = ['./', ...files];
        const text = readFileSync(source, 'utf8')
          .replace('__VERSION__', hash.digest('hex').slice(0, 16))
          .replace('__FILES__', JSON.stringify(addresses));
        writeFileSync(join(dir, NAME), text);
      },
    },
  };
}

/** @param {string} dir */
function filesIn(dir) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(dir, join(parentPath, name)).split(sep).join('/'))
    .sort();
}
