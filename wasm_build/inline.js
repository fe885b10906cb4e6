// Writes the bytes of a WebAssembly file as a JavaScript module: node inline.js core.wasm core.js
//
// Deflated, then base64. Both compressors of the way, this and the server's, see about the same: gzip undoes the base64 of
// deflated bytes almost wholly (45.1 kB as bytes, 45.4 kB as this), but that of plain bytes not at all (59 kB). Denser
// alphabets gain nothing: bytes as code points become two bytes each in UTF-8, 53 kB.
import { readFileSync, writeFileSync } from 'node:fs';
import { constants, deflateRawSync } from 'node:zlib';

const [source, target] = process.argv.slice(2);
const bytes = readFileSync(source);
const { Z_BEST_COMPRESSION: level } = constants;
const deflated = deflateRawSync(bytes, { level, memLevel: 9 });
writeFileSync(
  target,
  `// Made from a .wasm file by \`make wasm\`: its size, and its bytes deflated and in base64.\n` +
    `export const size = ${bytes.length};\n` +
    `/** @type {string} */\nexport const deflated =\n  '${deflated.toString('base64')}';\n`,
);
