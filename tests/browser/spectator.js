/** @file Looks at the stage of a page: its pixels, its words, its chips. */

/** Waits until the picture has not changed for a while. @param {import('playwright-core').Page} page */
export async function quiet(page) {
  let [before, same] = [Number.NaN, 0];
  while (same < 2) {
    await page.waitForTimeout(80);
    const now = await pixels(page);
    same = now === before ? same + 1 : 0;
    before = now;
  }
  return before;
}

/** The picture as a number, so that a difference is told in a line. @param {import('playwright-core').Page} page */
export const pixels = (page) =>
  page.$eval('#stage', (canvas) => {
    const text = /** @type {HTMLCanvasElement} */ (canvas).toDataURL();
    let sum = 0;
    for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) | 0;
    return sum;
  });

/** @param {import('playwright-core').Page} page */
export const label = async (page) => (await page.getAttribute('#stage', 'aria-label')) ?? '';

/** @param {string} layer */
export const chip = (layer) => `.chip[data-layer="${layer}"]`;
