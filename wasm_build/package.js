// Makes the npm package in wasm_build/npm, which `npm pack` takes as it is: node package.js
//
//   index.js           the library as one ES module with the engine inline
//   moonflow.iife.js   the same for a plain script tag: the global Moonflow, and no other kind of module
//   worker.js          the same as a worker's file, for pages that allow no worker from a blob
//   types/             what tsc reads out of the sources' JSDoc
//   web/, wasm_build/  the sources as they are: the command, the digits, the engine, and that for threads, which index.js
//                      imports when it is asked for them
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const project = fileURLToPath(new URL('..', import.meta.url));
const lib = `${project}web/lib/`;
const target = `${project}wasm_build/npm/`;
const source = JSON.parse(readFileSync(`${project}package.json`, 'utf8'));
const banner = `/*! Moonflow ${source.version} | MIT */`;

/** What stands beside the command in the package. */
const SOURCES = [
  'web/lib',
  'web/view',
  'web/cli',
  'wasm_build/core.js',
  'wasm_build/core.wasm',
  'wasm_build/core_threads.js',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];

/**
 * The entries, each with its types. An element is one more ES module of the same kind, made in bundles() and typed in types().
 */
const EXPORTS = {
  '.': { types: './types/web/lib/index.d.ts', default: './index.js' },
  './worker': { types: './worker.d.ts', default: './worker.js' },
  './digits.js': { types: './types/web/lib/digits.d.ts', default: './web/lib/digits.js' },
  './core.wasm': './wasm_build/core.wasm',
  './package.json': './package.json',
};

/** In the package the code of a thread is the text of the library. */
const whole = {
  name: 'whole',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]web[/\\]lib[/\\]origin\.js$/ }, () => ({
      contents: readFileSync(`${project}wasm_build/whole.js`, 'utf8'),
    }));
  },
};

const options = {
  bundle: true,
  minify: true,
  write: false,
  target: 'es2022',
  legalComments: 'none',
  lineLimit: 4000,
};

/** The library as one function whose text can stand alone: it takes what loads the engine for threads, and returns its names. */
async function moonflow() {
  // The engine first: base64 amid the text would part it into two that a compressor cannot relate.
  const contents = `import '../../wasm_build/core.js';
    export * from './index.js';
    export { worker } from './duty.js';
    export { aide } from './errand.js';`;
  const stdin = { contents, resolveDir: lib, sourcefile: 'moonflow.js' };
  const { outputFiles } = await build({ ...options, stdin, format: 'cjs', plugins: [whole] });
  const [before, after, ...more] = outputFiles[0].text.trimEnd().split('module.exports=');
  if (after === undefined || more.length > 0)
    throw new Error('package.js: got another shape of module from esbuild');
  return `function moonflow(load){${before}var names=${after}\nreturn names}`;
}

async function bundles() {
  const library = await moonflow();
  const names = Object.keys(await import('../web/lib/index.js'));
  const loader = "()=>import('./wasm_build/core_threads.js')";
  const put = (name, text) => writeFileSync(target + name, `${banner}\n${text}\n`);
  put(
    'index.js',
    `const library=/*#__PURE__*/(${library})(${loader});\nexport const {${names}}=library;`,
  );
  put(
    'moonflow.iife.js',
    `var Moonflow=(()=>{const {${names}}=(${library})();return {${names}}})();`,
  );
  put('worker.js', `(${library})().worker();\nexport {};`);
}

function types() {
  const settings = [
    ...['--allowJs', '--declaration', '--emitDeclarationOnly', '--skipLibCheck', '--strict'],
    ...['--target', 'ES2022', '--module', 'NodeNext', '--lib', 'ES2023,DOM,DOM.Iterable'],
    ...['--ignoreConfig', '--types', 'node', '--rootDir', project, '--outDir', `${target}types`],
  ];
  const tsc = `${project}node_modules/.bin/tsc`;
  const entries = [`${lib}index.js`, `${lib}digits.js`];
  execFileSync(tsc, [...settings, ...entries], { cwd: project, stdio: 'inherit' });
  writeFileSync(`${target}worker.d.ts`, 'export {};\n');
}

/** What npm reads: the project's own, without what only a checkout needs. */
function manifest() {
  const { devDependencies, scripts, files, ...kept } = source;
  const own = {
    exports: EXPORTS,
    types: EXPORTS['.'].types,
    sideEffects: ['./worker.js', './moonflow.iife.js'],
    unpkg: './moonflow.iife.js',
    jsdelivr: './moonflow.iife.js',
  };
  writeFileSync(`${target}package.json`, `${JSON.stringify({ ...kept, ...own }, null, 2)}\n`);
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const path of SOURCES) cpSync(project + path, target + path, { recursive: true });
await bundles();
types();
manifest();
