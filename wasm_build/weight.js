// Weighs what is published, and stops with status 1 when it has become too heavy: node weight.js
//
// Bytes after gzip, as a server sends them. The ceilings are where the package stands, with room for a few fixes: the engine
// inline takes 42 kB of the library, a little less than the file core.wasm itself, and every name of index.js with its refusals
// the rest. The global of the script tag has csv, npy, pca and torchFiles too, which elsewhere are entries of their own. LZMA
// would save 3.5 kB more with its decoder in the inflater's place, and take 40 ms of a cold start where that takes 20.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const folder = new URL('npm/', import.meta.url);
const read = (file) => readFileSync(new URL(file, folder));
const weigh = (bytes) => gzipSync(bytes, { level: 9 }).length;
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

const CEILINGS = {
  'index.js': 79_500,
  'moonflow.iife.js': 84_000,
  'worker.js': 79_500,
  // All that a page loads before its element is touched; 120 kB is what is promised to those who embed it.
  'element.iife.js': 92_000,
  'anywidget.js': 92_000,
  'moonflow.html': 93_000,
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
