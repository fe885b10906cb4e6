/** @file A reader who brings data of their own to the page: files that are dropped, and what the page says of them. */

import assert from 'node:assert/strict';

/**
 * Waits for a caption of the surface.
 * @param {import('playwright-core').Page} page
 * @param {string} words
 */
export async function caption(page, words) {
  await page.waitForFunction(
    (part) => document.querySelector('#own-text')?.textContent?.includes(part),
    words,
    { timeout: 10_000 },
  );
  return (await page.textContent('#own-text')) ?? '';
}

/**
 * What is said at the place of own data.
 * @param {import('playwright-core').Page} page
 * @param {string} beginning
 */
export async function fault(page, beginning) {
  await page.waitForFunction(
    (part) => document.querySelector('#load-points-fault')?.textContent?.startsWith(part),
    beginning,
    { timeout: 10_000 },
  );
  return (await page.textContent('#load-points-fault')) ?? '';
}

/**
 * Drops a file on the page, as a hand does.
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {string} text
 */
export async function drop(page, name, text) {
  const transfer = await page.evaluateHandle(
    ([name, text]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], name));
      return transfer;
    },
    [name, text],
  );
  await page.waitForSelector('#own canvas');
  await page.dispatchEvent('main', 'dragover', { dataTransfer: transfer });
  assert.equal(await page.$eval('#own', (own) => own.classList.contains('dropping')), true);
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
}
