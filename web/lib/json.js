/** @file JSON from strangers: what JSON.parse accepts, without objects that say a key twice. */

/** A string of valid JSON, or one character that opens, closes or separates. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

/**
 * @param {string} text
 * @returns {unknown}
 * @throws {SyntaxError} naming the fault
 */
export function parseStrict(text) {
  const value = JSON.parse(text);
  const twice = repeatedKey(text);
  if (twice === undefined) return value;
  throw new SyntaxError(`the key ${JSON.stringify(twice)} appears twice in one object`);
}

/**
 * The first key that an object of valid JSON repeats. Keys are compared after their escapes are undone.
 * @param {string} text
 * @returns {string | undefined}
 */
function repeatedKey(text) {
  /** The keys of each open object; undefined stands for an open array. @type {(Set<string> | undefined)[]} */
  const open = [];
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const key = JSON.parse(last);
      const keys = /** @type {Set<string>} */ (open.at(-1));
      if (keys.has(key)) return key;
      keys.add(key);
    } else last = token;
  }
  return undefined;
}
