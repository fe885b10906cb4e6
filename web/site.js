/**
 * Writes the whole site into one folder: the built page, and beside it the documentation, rendered from README.md, from
 * web/docs/*.md and from every Markdown file that these lead to. Addresses are relative and no header is asked for, so the folder
 * works wherever it is put. A link that leads nowhere ends the build and is named.
 *
 *     node web/site.js [folder]
 */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Marked } from 'marked';
import { build } from 'vite';

const project = fileURLToPath(new URL('..', import.meta.url));
const FIRST = 'README.md';
const DOCS = 'web/docs';
/** Where the page says that there is documentation. */
const MARK = '<!-- documentation -->';
const LINK = '<p class="small"><a href="./docs/index.html" data-zh="文档">Documentation</a></p>';

/**
 * @typedef {object} Document
 * @property {string} path   within the repository
 * @property {string} name   of its page
 * @property {string} title
 * @property {string} body   HTML
 * @property {string[]} ids  of its headings
 * @property {string[]} links  to other documents, as `path#fragment`
 * @property {string[]} files  of the repository that go along
 */

/** @param {string} outDir */
export async function buildSite(outDir) {
  await build({
    root: `${project}web`,
    configFile: `${project}web/vite.config.js`,
    build: { outDir },
    plugins: [documentation()],
    logLevel: 'error',
  });
}

/** @returns {import('vite').Plugin} */
function documentation() {
  return {
    name: 'documentation',
    transformIndexHtml: (html) => html.replace(MARK, LINK),
    generateBundle() {
      const documents = gather();
      const emit = (/** @type {string} */ fileName, /** @type {string | Uint8Array} */ source) =>
        this.emitFile({ type: 'asset', fileName: `docs/${fileName}`, source });
      for (const document of documents) emit(document.name, pageOf(document, documents));
      for (const file of new Set(documents.flatMap(({ files }) => files))) {
        emit(`files/${file}`, readFileSync(join(project, file)));
      }
      emit('docs.css', readFileSync(join(project, 'web/docs.css')));
    },
  };
}

/** Every document that is to be, the first one first, its links checked. @returns {Document[]} */
function gather() {
  const paths = [FIRST, ...own()];
  /** @type {Document[]} */
  const documents = [];
  // The list grows while it is read: a document brings those it leads to.
  for (const path of paths) {
    const document = read(path);
    documents.push(document);
    for (const link of document.links) {
      const [to] = link.split('#');
      if (!paths.includes(to)) paths.push(to);
    }
  }
  for (const { path, links } of documents) {
    for (const link of links) {
      const [to, fragment] = link.split('#');
      const target = documents.find((other) => other.path === to);
      if (fragment && !target?.ids.includes(fragment)) {
        throw new Error(`${path}: the link to ${link} leads to no heading`);
      }
    }
  }
  return documents;
}

/** The documents of web/docs by name. */
function own() {
  try {
    const names = readdirSync(join(project, DOCS)).filter((name) => name.endsWith('.md'));
    return names.sort().map((name) => `${DOCS}/${name}`);
  } catch {
    return [];
  }
}

/** @param {string} path @returns {Document} */
function read(path) {
  /** @type {Document} */
  const document = { path, name: nameOf(path), title: '', body: '', ids: [], links: [], files: [] };
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const words = this.parser.parseInline(tokens);
        const id = slug(words.replace(/<[^>]*>/g, ''));
        document.ids.push(id);
        if (depth === 1) document.title ||= words.replace(/<[^>]*>/g, '');
        return `<h${depth} id="${id}">${words}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        return `<a href="${addressOf(document, href)}">${this.parser.parseInline(tokens)}</a>`;
      },
      image({ href, text }) {
        return `<img src="${addressOf(document, href)}" alt="${escaped(text)}" />`;
      },
      table(token) {
        const head = token.header.map(
          (cell) => `<th scope="col">${this.parser.parseInline(cell.tokens)}</th>`,
        );
        const rows = token.rows.map(
          (row) =>
            `<tr>${row.map((cell) => `<td>${this.parser.parseInline(cell.tokens)}</td>`).join('')}</tr>`,
        );
        return `<div class="wide" tabindex="0" role="region" aria-label="Table"><table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>\n`;
      },
      code({ text }) {
        // A block that is wider than a phone scrolls, also by keyboard.
        return `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`;
      },
    },
  });
  document.body = /** @type {string} */ (marked.parse(readFileSync(join(project, path), 'utf8')));
  document.title ||= path;
  return document;
}

/**
 * Where a link of a document leads on the site. One within the repository is noted, and must exist.
 * @param {Document} document
 * @param {string} href
 */
function addressOf(document, href) {
  if (/^[a-z]+:/i.test(href)) return escaped(href);
  const [to, fragment] = href.split('#');
  const path = to === '' ? document.path : posix.join(posix.dirname(document.path), to);
  const inside =
    !path.startsWith('..') && statSync(join(project, path), { throwIfNoEntry: false })?.isFile();
  if (!inside) throw new Error(`${document.path}: the link to ${href} leads to no file`);
  const hash = fragment ? `#${fragment}` : '';
  if (path.endsWith('.md')) {
    document.links.push(path + hash);
    return nameOf(path) + hash;
  }
  document.files.push(path);
  return `files/${path}`;
}

/** @param {string} path */
function nameOf(path) {
  if (path === FIRST) return 'index.html';
  return `${posix.basename(path, '.md').toLowerCase()}.html`;
}

/** As GitHub makes the address of a heading. @param {string} words */
function slug(words) {
  const letters = words
    .toLowerCase()
    .replace(/&[a-z]+;|&#\d+;/g, '')
    .replace(/[^\p{L}\p{N}\s_-]/gu, '');
  return letters.trim().replaceAll(' ', '-');
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/**
 * @param {Document} document
 * @param {Document[]} documents
 */
function pageOf({ name, title, body }, documents) {
  const links = documents.map((other) => {
    const here = other.name === name ? ' aria-current="page"' : '';
    return `<li><a href="${other.name}"${here}>${other.title}</a></li>`;
  });
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'" />
    <meta name="color-scheme" content="light dark" />
    <title>${title === 'Moonflow' ? 'Moonflow, documentation' : `${title} · Moonflow`}</title>
    <link rel="icon" href="../moon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="docs.css" />
  </head>
  <body>
    <nav aria-label="Documentation">
      <a class="home" href="../index.html">Open the page</a>
      <ul>
        ${links.join('\n        ')}
      </ul>
    </nav>
    <main>
${body}
    </main>
  </body>
</html>
`;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const folder = resolve(process.argv[2] ?? join(project, 'wasm_build/site'));
  await buildSite(folder);
  process.stdout.write(`The site is in ${folder}.\n`);
}
