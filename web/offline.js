/**
 * The service worker: keeps every file of the built page on the reader's machine and answers from there, so that a page that was
 * opened once opens without a network. Another build is another version, which is fetched whole beside the old one and takes
 * its place when no page of the old one is open, so that no page ever runs from two builds.
 *
 * precache.js writes the two names below.
 */

/** @type {string} */
const VERSION = '__VERSION__';
/** Paths relative to this file. @type {string[]} */
const FILES = JSON.parse('__FILES__');

/** What this needs of a service worker's global scope. */
const scope = /** @type {any} */ (self);
/** Of this folder alone: another page of the same site may have its own. */
const OURS = `moonflow ${new URL('./', location.href).pathname} `;
const NAME = OURS + VERSION;

scope.addEventListener('install', (/** @type {any} */ event) => {
  event.waitUntil(fill());
});

scope.addEventListener('activate', (/** @type {any} */ event) => {
  event.waitUntil(clear());
});

scope.addEventListener('fetch', (/** @type {any} */ event) => {
  if (event.request.method === 'GET') event.respondWith(answer(event.request));
});

async function fill() {
  const cache = await caches.open(NAME);
  // Past the browser's own cache, which may hold files of the build before.
  await cache.addAll(FILES.map((file) => new Request(file, { cache: 'reload' })));
}

async function clear() {
  const old = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** @param {Request} request */
async function answer(request) {
  const cache = await caches.open(NAME);
  // Servers say that an answer varies by the asking origin; these files do not.
  const kept = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
  return kept ?? fetch(request);
}
