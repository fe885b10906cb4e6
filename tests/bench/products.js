/**
 * @file The engine's kernels one by one, beside what this machine's WebAssembly can do in one thread: products as a share
 * of the peak of multiplications and additions on registers, elementwise kernels beside moving the same data.
 */

import { Bare } from './bare.js';
import { clock, numbers, peaks } from './limits.js';
import { requireAgreement } from './race.js';
import { digits, markdown, median, percent } from './table.js';

/** @typedef {import('./limits.js').Measure} Measure */

const [ROWS, WIDTH] = [512, 128];
const PRODUCT = 2 * ROWS * WIDTH * WIDTH;
const COUNT = 1 << 15;
/** Of a dot product of up to 512 terms in float against the same in double, relative to the largest result. */
const ROUNDING = 1e-5;
const PRODUCT_HEAD = ['product', 'GFLOP/s', 'fastest', 'of the peak'];
const ELEMENTWISE_HEAD = [
  'elementwise',
  'ns an element',
  'fastest',
  'of it moving the data',
  'vector operations of the peak loop in the time of 4 elements',
];

/**
 * c [m, n] = a [m, k] b [k, n] in double, with the same steps between elements as gemm takes.
 * @param {{from: Float32Array, row: number, col: number}} a
 * @param {{from: Float32Array, row: number, col: number}} b
 * @param {number} m
 * @param {number} n
 * @param {number} k
 */
function reference(a, b, m, n, k) {
  return Array.from({ length: m * n }, (_, index) => {
    const [i, j] = [Math.floor(index / n), index % n];
    let sum = 0;
    for (let q = 0; q < k; q++) {
      sum += a.from[i * a.row + q * a.col] * b.from[q * b.row + j * b.col];
    }
    return sum;
  });
}

/**
 * The three orientations of y = x W^T with x [512, 128] and W [128, 128], as the engine calls them.
 * @param {Bare} bare
 * @returns {Measure[]} for each: with B packed before, and packing included
 */
function products(bare) {
  const [gemm, pack] = [bare.function('gemm'), bare.function('gemm_pack')];
  const [x, w, dy] = [
    numbers(1, ROWS * WIDTH),
    numbers(2, WIDTH * WIDTH),
    numbers(3, ROWS * WIDTH),
  ];
  const at = new Map([x, w, dy].map((array) => [array, bare.put(array)]));
  const [panels, out] = [bare.take(4 * ROWS * WIDTH), bare.take(4 * ROWS * WIDTH)];
  const shapes = [
    {
      name: 'forward, x Wᵀ',
      a: x,
      a_row: WIDTH,
      a_col: 1,
      b: w,
      b_row: 1,
      b_col: WIDTH,
      m: ROWS,
      k: WIDTH,
    },
    {
      name: 'backward data, dy W',
      a: dy,
      a_row: WIDTH,
      a_col: 1,
      b: w,
      b_row: WIDTH,
      b_col: 1,
      m: ROWS,
      k: WIDTH,
    },
    {
      name: 'weight gradient, dyᵀ x',
      a: dy,
      a_row: 1,
      a_col: WIDTH,
      b: x,
      b_row: WIDTH,
      b_col: 1,
      m: WIDTH,
      k: ROWS,
    },
  ];
  return shapes.flatMap(({ name, a, a_row, a_col, b, b_row, b_col, m, k }) => {
    const [left, right] = [Number(at.get(a)), Number(at.get(b))];
    const packed = bare.take(4 * ROWS * WIDTH);
    const multiply = (/** @type {number} */ from) =>
      gemm(left, a_row, a_col, from, 0, 0, out, WIDTH, m, WIDTH, k);
    pack(right, b_row, b_col, k, WIDTH, packed);
    multiply(packed);
    const exact = reference(
      { from: a, row: a_row, col: a_col },
      { from: b, row: b_row, col: b_col },
      m,
      WIDTH,
      k,
    );
    requireAgreement(
      name,
      ['gemm', 'the sum in double'],
      [...bare.floats(out, m * WIDTH)],
      exact,
      ROUNDING,
    );
    const whole = () => {
      pack(right, b_row, b_col, k, WIDTH, panels);
      multiply(panels);
    };
    return [
      { name, work: PRODUCT, run: () => multiply(packed) },
      { name: `${name}, packing included`, work: PRODUCT, run: whole },
    ];
  });
}

/**
 * @param {Bare} bare
 * @returns {Measure[]}
 */
function elementwise(bare) {
  const [forward, backward, stream] = ['silu_forward', 'silu_backward', 'bench_stream'].map(
    (name) => bare.function(name),
  );
  const [sumRows, sumSquares] = [bare.function('sum_rows'), bare.function('sum_squares')];
  const z = numbers(5, COUNT).map((u) => 6 * u);
  const [from, y, d, unit] = [
    bare.put(z),
    bare.take(4 * COUNT),
    bare.take(4 * COUNT),
    bare.take(4 * COUNT),
  ];
  const sums = bare.put(new Float32Array(WIDTH));
  forward(from, y, d, COUNT);
  const exact = [...z].map((value) => value / (1 + Math.exp(-value)));
  requireAgreement(
    'SiLU',
    ['silu_forward', 'the formula in double'],
    [...bare.floats(y, COUNT)],
    exact,
    ROUNDING,
  );
  bare.floats(unit, COUNT).fill(1);
  const [two, one] = ['one read, two writes', 'one read, one write'];
  return [
    { name: two, work: COUNT, run: () => stream(from, y, d, COUNT) },
    { name: one, work: COUNT, run: () => stream(from, y, 0, COUNT) },
    { name: 'SiLU and derivative', work: COUNT, run: () => forward(from, y, d, COUNT), bound: two },
    { name: 'SiLU', work: COUNT, run: () => forward(from, y, 0, COUNT), bound: one },
    { name: 'SiLU backward', work: COUNT, run: () => backward(unit, d, COUNT), bound: one },
    {
      name: 'sum of rows',
      work: COUNT,
      run: () => sumRows(from, sums, COUNT / WIDTH, WIDTH),
      bound: one,
    },
    { name: 'sum of squares', work: COUNT, run: () => sumSquares(from, COUNT), bound: one },
  ];
}

/** @param {{quick: boolean}} options */
export async function kernelsTable({ quick }) {
  const bare = new Bare('kernels.wasm');
  const [matrix, vector, limits] = [products(bare), elementwise(bare), peaks(bare)];
  const rounds = quick ? 9 : 41;
  const times = clock([...limits, ...matrix, ...vector], rounds);
  process.stderr.write(`  kernels: ${rounds} rounds\n`);
  const medianOf = (/** @type {string} */ name) => median(times.get(name) ?? []);
  const fastestOf = (/** @type {string} */ name) => Math.min(...(times.get(name) ?? []));
  const limit = limits.map(({ name, work }) => work / fastestOf(name));
  const peak = Math.max(...limit);
  const productRows = matrix.map(({ name, work }) => {
    const fastest = work / fastestOf(name);
    return [name, digits(work / medianOf(name)), digits(fastest), percent(fastest / peak)];
  });
  const elementRows = vector.map(({ name, work, bound }) => {
    const fastest = fastestOf(name) / work;
    const cells = [name, digits(medianOf(name) / work), digits(fastest)];
    if (!bound) return [...cells, '', ''];
    // A vector operation of the peak loop is 4 FLOPs, so 4 elements take 4 fastest * peak / 4 of them.
    return [...cells, percent(fastestOf(bound) / fastestOf(name)), digits(fastest * peak)];
  });
  return {
    title: `Kernels in one WebAssembly thread, products ${ROWS}x${WIDTH}x${WIDTH}`,
    text: [
      `Peak of independent multiplications and additions on registers: **${digits(peak)} GFLOP/s** ` +
        `(${limits.map(({ name }, i) => `${name} ${digits(limit[i])}`).join(', ')}).`,
      '',
      markdown(PRODUCT_HEAD, productRows),
      '',
      markdown(ELEMENTWISE_HEAD, elementRows),
      '',
      `Medians and fastest of ${rounds} rounds; shares compare the fastest.`,
    ].join('\n'),
  };
}
