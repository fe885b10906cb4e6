// Writes the bytes of a WebAssembly file as a JavaScript module: node inline.js core.wasm core.js
//
// Deflated, then base64. Both compressors of the way, this and the server's, see about the same: gzip undoes the base64 of
// deflated bytes almost wholly (half a hundredth is left), but that of plain bytes not at all (59 kB for 45). Denser
// alphabets gain nothing: bytes as code points become two bytes each in UTF-8. Zopfli looks for the shortest deflate stream,
// 6 % less than zlib's level 9 writes; more rounds than 15 find ten bytes.
import { readFileSync, writeFileSync } from 'node:fs';
import { deflateAsync } from '@gfx/zopfli';

const [source, target] = process.argv.slice(2);
const bytes = readFileSync(source);
const deflated = Buffer.from(await deflateAsync(bytes, { numiterations: 15 }));
writeFileSync(
  target,
  `// Made from a .wasm file by \`make wasm\`: its size, and its bytes deflated and in base64.\n` +
    `export const size = ${bytes.length};\n` +
    `/** @type {string} */\nexport const deflated =\n  '${deflated.toString('base64')}';\n`,
);
