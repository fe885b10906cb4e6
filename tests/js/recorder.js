/** @file A drawing surface for tests. */

/**
 * A context that remembers every call together with the paint it was made with.
 * @returns {{ctx: any, calls: {name: string, args: any[], fill: string, stroke: string, alpha: number}[]}}
 */
export function recordingContext() {
  /** @type {any[]} */
  const calls = [];
  const state = { fillStyle: '', strokeStyle: '', globalAlpha: 1, lineWidth: 1, font: '' };
  const ctx = new Proxy(state, {
    get(target, name) {
      if (name in target) return target[/** @type {keyof typeof state} */ (name)];
      return (/** @type {any[]} */ ...args) => {
        const { fillStyle: fill, strokeStyle: stroke, globalAlpha: alpha } = target;
        calls.push({ name, args, fill, stroke, alpha });
        return name === 'measureText' ? { width: 7 * args[0].length } : undefined;
      };
    },
  });
  return { ctx, calls };
}
