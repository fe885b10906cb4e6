/** @file A page with elements in it, and what can be asked of them. */

import { fileURLToPath } from 'node:url';
import { Model } from '../../web/lib/model.js';
import { opened, serving } from '../hosts/serving.js';
import { launch } from './visit.js';

export const folder = fileURLToPath(new URL('../../wasm_build/npm', import.meta.url));
export const STEPS = 300;
export const CONFIG = `{"hidden":24,"steps":${STEPS},"solver_steps":10}`;
export const LONG = '{"hidden":24,"steps":200000,"solver_steps":10}';
export const SCRIPT = '<script src="/element.iife.js"></script>';

/** @type {Awaited<ReturnType<typeof serving>>} */
export let site;
/** @type {import('playwright-core').Browser} */
export let browser;

export async function open() {
  site = await serving(folder);
  browser = await launch();
}

export async function close() {
  await browser?.close();
  site?.close();
}

/** @param {string} body @param {{options?: any, style?: string, lang?: string}} [more] */
export async function visited(body, { options = {}, style = '', lang = 'en' } = {}) {
  const html = `<!doctype html><html lang="${lang}"><title>A page</title><link rel="icon" href="data:,">
    <meta name="viewport" content="width=device-width"><style>${style}</style><main>${body}</main>${SCRIPT}</html>`;
  site.pages.set('/page.html', { body: html });
  return opened(browser, `${site.origin}/page.html`, options);
}

/** @param {Record<string, string>} attributes */
export const tag = (attributes = {}) => {
  const text = Object.entries({ config: CONFIG, ...attributes }).map(
    ([name, value]) => `${name}='${value}'`,
  );
  return `<moon-flow ${text.join(' ')}></moon-flow>`;
};

/** @typedef {import('playwright-core').Page | import('playwright-core').Frame} Place */

/** A property of the element. @param {Place} page @param {string} name @param {number} [index] */
export const read = (page, name, index = 0) =>
  page.evaluate(
    ([name, index]) => document.querySelectorAll('moon-flow')[index][name],
    /** @type {[string, number]} */ ([name, index]),
  );

/** @param {Place} page @param {string} state @param {number} [index] */
export const until = (page, state, index = 0) =>
  page.waitForFunction(
    ([state, index]) => document.querySelectorAll('moon-flow')[index]?.state === state,
    /** @type {[string, number]} */ ([state, index]),
    { timeout: 30_000 },
  );

/** @param {Place} page @param {number} [index] */
export const digest = (page, index = 0) =>
  page.evaluate((index) => document.querySelectorAll('moon-flow')[index].digest(), index);

/** The hash that a run has in Node. @param {object} config */
export async function hashOf(config) {
  const model = await Model.create({ ...JSON.parse(CONFIG), ...config });
  model.train(Number(model.config.steps));
  const hash = model.digest();
  model.dispose();
  return hash;
}

/** Whether training goes on. @param {import('playwright-core').Page} page */
export async function advances(page) {
  const before = await read(page, 'step');
  await page.waitForTimeout(400);
  return (await read(page, 'step')) > before;
}

/** Waits for the first steps of a run. @param {Place} page @param {number} [index] */
export const begun = (page, index = 0) =>
  page.waitForFunction((index) => document.querySelectorAll('moon-flow')[index].step > 0, index);
