// Weighs what is published, and stops with status 1 when it has become too heavy: node weight.js
//
// Bytes after gzip, as a server sends them. The ceilings are where the package stands, with room for a few fixes: the engine
// inline takes 47 kB of the library, as much as the file core.wasm itself, and every name of index.js with its refusals the
// rest. A better compressor is no way: LZMA would save 6.5 kB and needs a decoder to travel along.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const folder = new URL('npm/', import.meta.url);
const read = (file) => readFileSync(new URL(file, folder));
const weigh = (bytes) => gzipSync(bytes, { level: 9 }).length;
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

const CEILINGS = {
  'index.js': 88_000,
  'moonflow.iife.js': 88_000,
  'worker.js': 88_000,
  // All that a page loads before its element is touched: what is promised to those who embed it.
  'element.iife.js': 120_000,
  'anywidget.js': 120_000,
  'moonflow.html': 120_000,
};

const core = weigh(read('wasm_build/core.js'));
const heavy = Object.entries(CEILINGS).filter(([file, ceiling]) => {
  const weight = weigh(read(file));
  console.log(
    `${file}: ${kilobytes(weight)} after gzip, ${kilobytes(core)} of them the engine; at most ${kilobytes(ceiling)}`,
  );
  return weight > ceiling;
});

// The 60 kB of the digits are for those who ask for them.
const { pixels } = await import(new URL('web/lib/pixels.js', folder).href);
const carriers = Object.keys(CEILINGS).filter((file) => read(file).includes(pixels.slice(0, 200)));
for (const [file] of heavy) console.error(`weight.js: ${file} is too heavy`);
for (const file of carriers) console.error(`weight.js: ${file} carries the digits`);
process.exitCode = heavy.length + carriers.length > 0 ? 1 : 0;
