/** @file A server of files and of given pages, each answer with the headers of its case. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const KINDS = new Map([
  ['.html', 'text/html'],
  ['.js', 'text/javascript'],
  ['.css', 'text/css'],
  ['.svg', 'image/svg+xml'],
  ['.xml', 'text/xml'],
  ['.json', 'application/json'],
  ['.wasm', 'application/wasm'],
]);

/**
 * Serves on a port of its own, which makes an origin of its own.
 * @param {string} folder
 * @param {Record<string, string>} [headers] of every answer
 */
export async function serving(folder, headers = {}) {
  /** What is at an address and in no file. @type {Map<string, {body: string, headers?: Record<string, string>}>} */
  const pages = new Map();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const page = pages.get(path);
    const kind = KINDS.get(extname(path) || '.html') ?? 'application/octet-stream';
    try {
      const file = path.endsWith('/') ? `${path}index.html` : path;
      const body = page?.body ?? readFileSync(join(folder, normalize(file)));
      response.writeHead(200, { 'Content-Type': kind, ...headers, ...page?.headers }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  // A test that fails before it closes must not keep the process.
  server.unref();
  return {
    origin: `http://127.0.0.1:${port}`,
    pages,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * Opens an address in a context of its own.
 * @param {import('playwright-core').Browser} browser
 * @param {string} address
 * @param {import('playwright-core').BrowserContextOptions} [options]
 * @param {(page: import('playwright-core').Page) => Promise<void>} [prepare] before it goes there
 */
export async function opened(browser, address, options, prepare) {
  const page = await browser.newPage(options);
  await prepare?.(page);
  /** @type {string[]} */
  const complaints = [];
  /** @type {string[]} */
  const requests = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(address);
  return { page, complaints, requests };
}
