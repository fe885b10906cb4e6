/** The example for Node, as it stands in README.md. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the README’s example for Node runs as it stands and prints a quality', () => {
  const blocks = [...readFileSync(`${root}README.md`, 'utf8').matchAll(/^```js\n(.+?)^```/gms)];
  assert.equal(blocks.length, 1);
  const [, code] = blocks[0];
  assert.match(code, /from 'moonflow'/);
  const told =
    'console.log([points.length, file instanceof Uint8Array, file.length > 1000].join());';
  // In the package's own folder its name means itself, as it does for whoever has installed it.
  const words = ['--input-type=module', '--eval', `${code}\n${told}`];
  const out = execFileSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
  const [, sw2] = /\bsw2: ([\d.]+)/.exec(out) ?? [];
  assert.ok(Number(sw2) > 0 && Number(sw2) < 0.06, out);
  assert.match(out, /sw2_floor: [\d.]+, nfe: \d+ \}\n4000,true,true\n$/);
});
