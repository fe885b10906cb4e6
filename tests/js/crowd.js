/** @file A platform that has no memory left for another model, in the words of V8. */

/** @param {import('node:test').TestContext} t until whose end, or whose mock.reset(), it is like that */
export function crowd(t) {
  t.mock.method(WebAssembly, 'Memory', refusing('WebAssembly.Memory(): could not allocate memory'));
  const own = 'WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance';
  t.mock.method(WebAssembly, 'Instance', refusing(own));
}

/**
 * A constructor that constructs nothing.
 * @param {string} why
 * @returns {any}
 */
function refusing(why) {
  return class {
    constructor() {
      throw new RangeError(why);
    }
  };
}
