// Writes the bytes of a WebAssembly file as a JavaScript module: node inline.js core.wasm core.js
import { readFileSync, writeFileSync } from 'node:fs';

const [source, target] = process.argv.slice(2);
const base64 = readFileSync(source).toString('base64');
writeFileSync(
  target,
  `// Made from a .wasm file by \`make wasm\`.\nexport const wasm =\n  '${base64}';\n`,
);
