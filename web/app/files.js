/**
 * Files in and out. A file that is refused is answered where it was chosen, and nothing has changed.
 */

import { messageOf } from './explanation.js';
import { words } from './tongue.js';

/** More than this would be read into the page's memory several times over. */
const FILE_BYTES_MAX = 64 * 2 ** 20;

/**
 * Hands `blob` to the reader as a file.
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The click only begins the download; revoking at once would cancel it in some browsers.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Calls `take` with each file chosen in `input`, and shows at the input what it throws.
 * @param {HTMLInputElement} input
 * @param {HTMLElement} fault
 * @param {(file: File) => Promise<void>} take
 */
export function upload(input, fault, take) {
  input.addEventListener('change', (event) =>
    chosenFile(event, async (file) => {
      fault.hidden = true;
      fault.textContent = '';
      try {
        await take(sized(file));
      } catch (error) {
        fault.textContent = `${file.name}: ${messageOf(error)}`;
        fault.hidden = false;
      }
    }),
  );
}

/**
 * The file that a change of a file input has chosen.
 * @param {Event} event
 * @param {(file: File) => Promise<void>} take
 */
export async function chosenFile({ target }, take) {
  const input = /** @type {HTMLInputElement} */ (target);
  const file = input.files?.[0];
  if (file) await take(file);
  // Choosing the same file again, once mended, must be heard as a change.
  input.value = '';
}

/** The file, unless it is too large. @param {File} file */
export function sized(file) {
  if (file.size <= FILE_BYTES_MAX) return file;
  const got = (file.size / 2 ** 20).toFixed(0);
  throw new Error(say('large', got, FILE_BYTES_MAX / 2 ** 20));
}

const say = words({
  en: {
    large: (/** @type {string} */ got, /** @type {number} */ most) =>
      `the file has ${got} MiB; at most ${most} MiB are read`,
  },
  zh: { large: (got, most) => `文件有 ${got} MiB；最多读 ${most} MiB` },
});
