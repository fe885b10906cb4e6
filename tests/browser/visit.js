/**
 * Builds the page, serves it, and opens it in headless Chromium. A visit records everything that a sound page never does:
 * errors, console complaints, requests to another origin; `trace` says how long the page's own thread was taken.
 */

import { access, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build as bundle, createServer, preview } from 'vite';
import { CATEGORIES, tasksOf } from '../bench/tracing.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const project = fileURLToPath(new URL('../..', import.meta.url));

const root = `${project}web`;
const configFile = `${root}/vite.config.js`;
const listen = { host: '127.0.0.1', port: 0, strictPort: false };

/** A browser. */
export async function launch() {
  await access(CHROMIUM).catch(() => {
    throw new Error(`Chromium is not at ${CHROMIUM}; install it (apt: chromium) or set CHROMIUM`);
  });
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** @param {import('node:http').Server | import('node:http2').Http2SecureServer | null} server */
function originOf(server) {
  const address = server?.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/**
 * The page, built and served as it would be published, and a browser for it.
 * @param {{headers?: Record<string, string>}} [options] headers of every answer
 */
export async function open({ headers } = {}) {
  // Test files run beside each other, so each builds into a folder of its own.
  const build = { outDir: `${project}wasm_build/page-${process.pid}` };
  await bundle({ root, configFile, build, logLevel: 'warn' });
  const server = await preview({
    root,
    configFile,
    build,
    preview: { ...listen, headers },
    logLevel: 'warn',
  });
  const browser = await launch();
  const close = async () => {
    await browser.close();
    await server.close();
    await rm(build.outDir, { recursive: true });
  };
  return { browser, origin: originOf(server.httpServer), close };
}

/**
 * The sources served as they are, and a browser for them.
 * @param {{headers?: Record<string, string>}} [options] headers of every answer
 */
export async function develop({ headers } = {}) {
  const server = await createServer({
    root,
    configFile,
    server: { ...listen, headers },
    logLevel: 'warn',
  });
  await server.listen();
  const browser = await launch();
  const close = async () => {
    await browser.close();
    await server.close();
  };
  return { browser, origin: originOf(server.httpServer), close };
}

/**
 * Opens the page in a fresh context, with little motion unless told otherwise, so that it waits for the reader to start it.
 * @param {Pick<Awaited<ReturnType<typeof open>>, 'browser' | 'origin'>} site
 * @param {import('playwright-core').BrowserContextOptions & {before?: () => void}} [options]  `before` runs in the page
 *   before its own scripts
 */
export async function visit({ browser, origin }, { before, ...options } = {}) {
  const viewport = { width: 1280, height: 900 };
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  /** @type {string[]} */
  const requests = [];
  page.on('pageerror', (error) => complaints.push(`page error: ${error.stack ?? error}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('request', (request) => requests.push(request.url()));
  if (before) await page.addInitScript(before);
  await page.goto(origin);
  return { page, context, complaints, requests };
}

/** A task longer than this is felt; of its own processor time, which other work on the machine lengthens little. */
export const TASK_MS = 50;

/**
 * Watches the page's own thread from now on.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<() => Promise<import('../bench/tracing.js').Task>>} stops, and gives the task that took the thread longest
 */
export async function trace(page) {
  const browser = page.context().browser();
  if (!browser) throw new Error('this page has no browser of its own to trace');
  await browser.startTracing(page, { categories: CATEGORIES });
  return async () => {
    const tasks = tasksOf(await browser.stopTracing());
    if (tasks.length < 10) throw new Error(`the trace has ${tasks.length} tasks`);
    return tasks.reduce((longest, task) => (task.processor > longest.processor ? task : longest));
  };
}

/**
 * Waits until the page stands still in one of `phases`.
 * @param {import('playwright-core').Page} page
 * @param {...string} phases
 */
export async function settled(page, ...phases) {
  // The page draws once a frame; what it was told just now shows in the next one.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  const still = (/** @type {string[]} */ wanted) =>
    wanted.includes(document.body.dataset.phase ?? '');
  await page.waitForFunction(still, phases, { timeout: 60_000 });
}

/**
 * Types a value into a control, or chooses it, as a reader does.
 * @param {import('playwright-core').Page} page
 * @param {string} name  of the row of the engine's table
 * @param {string} value
 */
export async function choose(page, name, value) {
  const control = page.locator(`#p-${name}`);
  const list = await control.evaluate((element) => element.tagName === 'SELECT');
  if (list) return control.selectOption(value);
  await control.fill(value);
  await control.blur();
}

/**
 * The step the page says it has reached.
 * @param {import('playwright-core').Page} page
 */
export async function stepOf(page) {
  const text = (await page.textContent('#progress-text')) ?? '';
  const [, step] = /step ([\d,]+) of/.exec(text) ?? [];
  return Number(step.replaceAll(',', ''));
}

/** Settings of a run that is over in a blink. */
export const SMALL = { hidden: 8, layers: 1, batch: 32, steps: 30, solver_steps: 2 };
/** The same as a link has them. */
export const SMALL_LINK = Object.entries(SMALL)
  .map(([name, value]) => `${name}=${value}`)
  .join('&');

/**
 * Opens a link of the page, unless given one to a small run, in a fresh context.
 * @param {Parameters<typeof visit>[0]} site
 * @param {string} [fragment]
 * @param {Parameters<typeof visit>[1]} [options]
 */
export async function follow(site, fragment = SMALL_LINK, options) {
  const visited = await visit({ ...site, origin: `${site.origin}/#${fragment}` }, options);
  await settled(visited.page, 'ready');
  return visited;
}

/**
 * Trains to the end, and gives the hash of the weights.
 * @param {import('playwright-core').Page} page
 */
export async function trained(page) {
  await page.click('#start');
  await settled(page, 'finished');
  return page.textContent('#hash');
}
