// Makes the npm package in wasm_build/npm, which `npm pack` takes as it is: node package.js
//
//   index.js           the library as one ES module with the engine inline
//   moonflow.iife.js   the same for a plain script tag: the global Moonflow, and no other kind of module
//   csv.js, npy.js, pca.js, torch.js   what not every program needs, modules beside index.js; the script tag's global has them
//   worker.js          the same as a worker's file, for pages that allow no worker from a blob
//   element.js         the element <moon-flow>, a module beside index.js
//   element.iife.js    the element in one file for a plain script tag; it adds no global
//   anywidget.js       the element in one module, as notebooks want it
//   moonflow.html      the element in one page that asks for nothing, not even from a folder
//   types/             what tsc reads out of the sources' JSDoc
//   web/, wasm_build/  the sources as they are: the command, the digits, the engine, and that for threads, which index.js
//                      imports when it is asked for them
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { minify } from 'terser';

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

/** Entries beside the library: what is read out of files or goes into them. */
const BESIDE = ['csv', 'npy', 'pca', 'torch'];

/** The entries, each with its types: made in bundles() and elements(), typed in types(). */
const EXPORTS = {
  '.': { types: './types/web/lib/index.d.ts', default: './index.js' },
  './worker': { types: './worker.d.ts', default: './worker.js' },
  './element': { types: './types/web/element/element.d.ts', default: './element.js' },
  './anywidget': { types: './types/web/element/anywidget.d.ts', default: './anywidget.js' },
  './moonflow.html': './moonflow.html',
  ...Object.fromEntries(
    BESIDE.map((name) => [
      `./${name}`,
      { types: `./types/web/lib/${name}.d.ts`, default: `./${name}.js` },
    ]),
  ),
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
  return smaller(`function moonflow(load){${before}var names=${after}\nreturn names}`);
}

/**
 * Over what esbuild leaves: it inlines what is used once and folds statements, 1.3 kB less after gzip.
 * @param {string} code one function, which keeps its name
 */
async function smaller(code) {
  const format = { max_line_len: options.lineLimit };
  const { code: text } = await minify(code, { ecma: 2022, compress: { passes: 3 }, format });
  return text;
}

const put = (name, text) => writeFileSync(target + name, `${banner}\n${text}\n`);

/** Where others take the library from, its error class too: a file beside them, or the function before them in the same file. */
const beside = (names) => ({
  name: 'beside',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /[/\\](index|exception)\.js$/ }, () =>
      names ? { path: 'library', namespace: 'before' } : { path: './index.js', external: true },
    );
    onLoad({ filter: /.*/, namespace: 'before' }, () => ({
      contents: `const { ${names} } = library; export { ${names} };`,
    }));
  },
});

/** @param {object} entry what esbuild starts from, and the format it writes @param {string[]} [names] of the library before it */
async function made(entry, names) {
  const { outputFiles } = await build({ ...options, ...entry, plugins: [beside(names)] });
  return outputFiles[0].text.trimEnd();
}

/** @param {string} library as moonflow() gives it */
async function bundles(library) {
  const names = Object.keys(await import('../web/lib/index.js'));
  const loader = "()=>import('./wasm_build/core_threads.js')";
  put(
    'index.js',
    `const library=/*#__PURE__*/(${library})(${loader});\nexport const {${names}}=library;`,
  );
  for (const name of BESIDE) {
    put(`${name}.js`, await made({ entryPoints: [`${lib}${name}.js`], format: 'esm' }));
  }
  const contents = `export * as csv from './csv.js'; export * as npy from './npy.js';
    export { pca } from './pca.js'; export { torchFiles } from './torch.js';`;
  const stdin = { contents, resolveDir: lib, sourcefile: 'asked.js' };
  const asked = await made({ stdin, format: 'iife', globalName: 'asked' }, names);
  const whole = `const library=(${library})();\n${asked}\nconst {${names}}=library;return {${names},...asked}`;
  put('moonflow.iife.js', `var Moonflow=(()=>{${whole}})();`);
  put('worker.js', `(${library})().worker();\nexport {};`);
}

/** @param {string} library */
async function elements(library) {
  const names = Object.keys(await import('../web/lib/index.js'));
  const bundle = (entry, format, names) =>
    made({ entryPoints: [`${project}web/element/${entry}.js`], format }, names);
  put('element.js', await bundle('element', 'esm'));
  put('anywidget.js', `const library=(${library})();\n${await bundle('anywidget', 'esm', names)}`);
  const iife = `(()=>{const library=(${library})();\n${await bundle('element', 'iife', names)}})();`;
  put('element.iife.js', iife);
  writeFileSync(`${target}moonflow.html`, page(`${iife}\n${await bundle('alone', 'iife', names)}`));
}

/** One page with everything in it, under a policy that lets it load nothing. @param {string} script */
function page(script) {
  const style = readFileSync(`${project}web/element/alone.css`, 'utf8').trim();
  const digest = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = [
    ...["default-src 'none'", 'img-src data:', 'worker-src blob:'],
    ...[`script-src ${digest(script)} 'wasm-unsafe-eval'`, `style-src ${digest(style)}`],
  ].join('; ');
  if (/<\/script|<!--/i.test(script))
    throw new Error('package.js: the script would end its own tag');
  return readFileSync(`${project}web/element/alone.html`, 'utf8')
    .replace('POLICY', policy)
    .replace('<!-- STYLE -->', `<style>${style}</style>`)
    .replace('<!-- SCRIPT -->', () => `<script>${script}</script>`);
}

function types() {
  const settings = [
    ...['--allowJs', '--declaration', '--emitDeclarationOnly', '--skipLibCheck', '--strict'],
    ...['--target', 'ES2022', '--module', 'NodeNext', '--lib', 'ES2023,DOM,DOM.Iterable'],
    ...['--ignoreConfig', '--types', 'node', '--rootDir', project, '--outDir', `${target}types`],
  ];
  const tsc = `${project}node_modules/.bin/tsc`;
  const element = `${project}web/element/`;
  const entries = [
    ...['index', 'digits', ...BESIDE].map((name) => `${lib}${name}.js`),
    ...[`${element}element.js`, `${element}anywidget.js`],
  ];
  execFileSync(tsc, [...settings, ...entries], { cwd: project, stdio: 'inherit' });
  writeFileSync(`${target}worker.d.ts`, 'export {};\n');
}

/** What npm reads: the project's own, without what only a checkout needs. */
function manifest() {
  const { devDependencies, scripts, files, ...kept } = source;
  const own = {
    exports: EXPORTS,
    types: EXPORTS['.'].types,
    sideEffects: ['./worker.js', './moonflow.iife.js', './element.js', './element.iife.js'],
    unpkg: './moonflow.iife.js',
    jsdelivr: './moonflow.iife.js',
  };
  writeFileSync(`${target}package.json`, `${JSON.stringify({ ...kept, ...own }, null, 2)}\n`);
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const path of SOURCES) cpSync(project + path, target + path, { recursive: true });
const library = await moonflow();
await bundles(library);
await elements(library);
types();
manifest();
