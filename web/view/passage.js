// passage.js — where points are at any time, from a path that was kept at some times.

/**
 * @typedef {object} Passage
 * @property {ArrayLike<number>} times  rising, at least one
 * @property {Float32Array} path        [times, n, dim]
 * @property {number} dim
 */

/**
 * The places [n, dim] at time t, on straight lines between the two kept times about it; before the first and after the last
 * those of the ends.
 * @param {Passage} passage
 * @param {number} t
 * @returns {Float32Array}
 */
export function placesAt({ times, path }, t) {
  const size = path.length / times.length;
  const next = nextOf(times, t);
  if (next === 0) return path.subarray(0, size);
  if (next === times.length) return path.subarray(path.length - size);
  const share = (t - times[next - 1]) / (times[next] - times[next - 1]);
  const [from, to] = [(next - 1) * size, next * size];
  // At a kept time the points are where they were put, to the bit.
  if (share === 0) return path.subarray(from, to);
  const places = new Float32Array(size);
  for (let i = 0; i < size; i++)
    places[i] = path[from + i] + (path[to + i] - path[from + i]) * share;
  return places;
}

/**
 * How many of the times are not after t.
 * @param {ArrayLike<number>} times
 * @param {number} t
 */
export function nextOf(times, t) {
  let next = 0;
  while (next < times.length && times[next] <= t) next++;
  return next;
}
