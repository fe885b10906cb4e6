import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrowPlaces, drawArrows, referenceOf } from '../../web/view/arrows.js';
import { layDots, sheetOf } from '../../web/view/dots.js';
import { drawLattice, latticePoints } from '../../web/view/lattice.js';
import { drawLegend } from '../../web/view/legend.js';
import { placesAt } from '../../web/view/passage.js';
import { channelsOf, LEVELS, levelOf, oklab, rampOf } from '../../web/view/ramp.js';
import { fit, scaleAt } from '../../web/view/scale.js';
import { drawScene } from '../../web/view/scene.js';
import { cellPixels, drawCells } from '../../web/view/shade.js';
import { drawStrands } from '../../web/view/strands.js';
import { dark, light } from '../../web/view/theme.js';
import { drawTrails } from '../../web/view/trails.js';
import { recordingContext } from './recorder.js';

const box = { left: 40, top: 30, width: 400, height: 400 };
const extent = { xMin: -2, xMax: 2, yMin: -2, yMax: 2 };
const scale = fit(extent, box, 0);

/** Machado, Oliveira and Fernandes 2009, severity 1, on light: red, green and blue that an eye without one cone sees. */
const CONES = {
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** @param {string} colour @param {number[][]} [eye] */
function seen(colour, eye) {
  const channels = channelsOf(colour);
  if (!eye) return oklab(channels);
  const bright = channels.map((c) => (c / 255) ** 2.2);
  const light = eye.map((row) => row.reduce((sum, part, i) => sum + part * bright[i], 0));
  return oklab(light.map((c) => 255 * Math.max(0, c) ** (1 / 2.2)));
}

/** @param {number[]} a @param {number[]} b */
const apart = (a, b) => Math.hypot(...a.map((value, i) => value - b[i]));

test('along every ramp lightness goes one way, and its ends are the stops', () => {
  let ramps = 0;
  for (const theme of [light, dark]) {
    for (const stops of [theme.time, theme.density, theme.error]) {
      ramps++;
      const ramp = rampOf(stops);
      assert.equal(ramp.length, LEVELS);
      assert.deepEqual([ramp[0], ramp[LEVELS - 1]], [stops[0], stops[stops.length - 1]]);
      const lightness = ramp.map((colour) => oklab(channelsOf(colour))[0]);
      const way = Math.sign(lightness[LEVELS - 1] - lightness[0]);
      for (let i = 16; i < LEVELS; i += 16) {
        assert.ok((lightness[i] - lightness[i - 16]) * way > 0.004, `${stops} at ${i}`);
      }
    }
    assert.equal(theme.density[0], theme.background, 'no density looks like nothing');
    assert.equal(theme.error[0], theme.background);
  }
  assert.equal(ramps, 6);
});

test('eighths of a ramp, data and samples, learned and exact are told apart without red or green cones too', () => {
  let pairs = 0;
  for (const theme of [light, dark]) {
    for (const eye of [undefined, CONES.protan, CONES.deutan]) {
      for (const stops of [theme.time, theme.density, theme.error]) {
        const eighths = Array.from({ length: 9 }, (_, i) => rampOf(stops)[levelOf(i / 8)]);
        for (let i = 1; i < 9; i++, pairs++) {
          const distance = apart(seen(eighths[i], eye), seen(eighths[i - 1], eye));
          assert.ok(distance > 0.02, `${eighths[i - 1]} and ${eighths[i]}: ${distance}`);
        }
      }
      for (const [a, b] of [
        [theme.data, theme.samples],
        [theme.learned, theme.exact],
      ]) {
        assert.ok(apart(seen(a, eye), seen(b, eye)) > 0.12, `${a} and ${b}`);
      }
    }
  }
  assert.equal(pairs, 144);
});

test('a share that is no number, or beyond the ends, is an end of the ramp', () => {
  const shares = [-1, NaN, -Infinity, 0, 0.5, 1, 7, Infinity];
  assert.deepEqual(shares.map(levelOf), [0, 0, 0, 0, 128, 255, 255, 255]);
});

/** Two points, at three times. */
const passage = {
  times: [0, 0.5, 1],
  path: Float32Array.of(0, 0, 1, 1, 1, 0, 1, 2, 1, -1, -1, 2),
  dim: 2,
};

test('places between two times lie on the straight line, and beyond the ends at the ends', () => {
  assert.deepEqual([...placesAt(passage, 0.25)], [0.5, 0, 1, 1.5]);
  assert.deepEqual([...placesAt(passage, 0.5)], [1, 0, 1, 2]);
  assert.deepEqual([...placesAt(passage, -1)], [0, 0, 1, 1]);
  assert.deepEqual([...placesAt(passage, 1)], [1, -1, -1, 2]);
});

test('trails end at the present time, each piece in the colour of its own, with a dot where the point is', () => {
  const { ctx, calls } = recordingContext();
  drawTrails(ctx, passage, 0.75, scale, light);
  const lines = calls.filter(({ name }) => name === 'lineTo').map(({ args }) => args);
  const at = (/** @type {number[][]} */ places) => places.map(([x, y]) => [scale.x(x), scale.y(y)]);
  assert.deepEqual(
    lines,
    at([
      [1, 0],
      [1, 2],
      [1, -0.5],
      [0, 2],
    ]),
  );
  const strokes = calls.filter(({ name }) => name === 'stroke').map(({ stroke }) => stroke);
  const ramp = rampOf(light.time);
  assert.deepEqual(strokes, [ramp[levelOf(0.25)], ramp[levelOf(0.625)]]);
  const heads = calls.filter(({ name }) => name === 'arc').map(({ args }) => args.slice(0, 2));
  assert.deepEqual(
    heads,
    at([
      [1, -0.5],
      [0, 2],
    ]),
  );
});

test('at t = 0 a trail is a dot without a line, and a way of a thousand steps is at most fifty strokes', () => {
  const start = recordingContext();
  drawTrails(start.ctx, passage, 0, scale, light);
  assert.deepEqual(
    start.calls.map(({ name }) => name),
    ['beginPath', 'moveTo', 'arc', 'moveTo', 'arc', 'fill'],
  );
  const times = Array.from({ length: 1001 }, (_, i) => i / 1000);
  const path = Float32Array.from({ length: 2002 }, (_, i) => (i % 2 ? 0 : times[i >> 1]));
  const { ctx, calls } = recordingContext();
  drawTrails(ctx, { times, path, dim: 2 }, 1, scale, light);
  const lines = calls.filter(({ name }) => name === 'lineTo');
  assert.ok(lines.length > 40 && lines.length <= 50, `${lines.length}`);
  assert.equal(lines[lines.length - 1].args[0], scale.x(1), 'to the end');
});

test('a lattice covers its square with straight lines, and is drawn line by line where it was carried', () => {
  const points = latticePoints(2, 3, 5);
  assert.equal(points.length, 2 * 2 * 3 * 5);
  assert.deepEqual([...points.subarray(0, 4)], [-2, -2, -2, -1]);
  assert.deepEqual([...points.subarray(30, 34)], [-2, -2, -1, -2]);
  const path = Float32Array.of(...points, ...points.map((value) => value / 2));
  const { ctx, calls } = recordingContext();
  drawLattice(ctx, { passage: { times: [0, 1], path, dim: 2 }, across: 5 }, 1, scale, light);
  const count = (/** @type {string} */ wanted) =>
    calls.filter(({ name }) => name === wanted).length;
  assert.deepEqual([count('moveTo'), count('lineTo'), count('stroke')], [6, 24, 1]);
  assert.deepEqual(calls[1].args, [scale.x(-1), scale.y(-1)], 'carried to half the size');
});

test('a strand leads from each point of noise to its own point of data', () => {
  const { ctx, calls } = recordingContext();
  const [x0, x1] = [Float32Array.of(0, 1, 9, -1, 0, 9), Float32Array.of(1, 1, 9, 2, -1, 9)];
  drawStrands(ctx, { x0, x1, dim: 3 }, scale, light);
  const first = calls.findIndex(({ name }) => name === 'stroke');
  const line = calls.slice(1, first).map(({ name, args: [x, y] }) => [name, x, y]);
  assert.deepEqual(line, [
    ['moveTo', scale.x(0), scale.y(1)],
    ['lineTo', scale.x(1), scale.y(1)],
    ['moveTo', scale.x(-1), scale.y(0)],
    ['lineTo', scale.x(2), scale.y(-1)],
  ]);
});

test('arrows stand on a grid over the extent, are as long as their speed says, and point along it', () => {
  const { points, gap } = arrowPlaces({ xMin: 0, xMax: 4, yMin: 0, yMax: 2 }, 4);
  assert.equal(gap, 1);
  assert.deepEqual([...points.subarray(0, 4), points[15]], [0.5, 0.5, 1.5, 0.5, 1.5]);
  const velocity = Float32Array.of(2, 0, 0, 1, 0, 0, 0, 99);
  const places = Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1);
  const { ctx, calls } = recordingContext();
  drawArrows(ctx, { points: places, velocity, reference: 2, gap: 1 }, scale, '#123456');
  const stroke = calls.findIndex(({ name }) => name === 'stroke');
  const tips = calls.slice(stroke + 1).filter(({ name }) => name === 'moveTo');
  const tails = calls.slice(0, stroke).filter(({ name }) => name === 'moveTo');
  assert.equal(tips.length, 3, 'none where nothing moves');
  const lengths = tips.map(({ args: [x, y] }, i) => {
    const [right, up] = [x - tails[i].args[0], tails[i].args[1] - y];
    return [right, up].map((px) => Number((px / scale.pxPerUnit).toFixed(6)));
  });
  assert.deepEqual(lengths, [
    [1, 0],
    [0, 0.5],
    [0, 1.6],
  ]);
});

test('the reference is a speed that one arrow in ten may exceed, and 1 where nothing moves', () => {
  const speeds = Float32Array.from({ length: 200 }, (_, i) => (i % 2 ? 0 : i / 2));
  assert.equal(referenceOf(speeds), 89);
  assert.equal(referenceOf(new Float32Array(8)), 1);
});

const cells = {
  values: [0, 1, 1, 0.5],
  size: 2,
  extent,
  low: 0,
  high: 1,
  stops: light.error,
  label: 'difference',
};

test('cells are rectangles of their colour where they are, and none where there is nothing; as pixels the same', () => {
  const { ctx, calls } = recordingContext();
  drawCells(ctx, cells, scale);
  const ramp = rampOf(light.error);
  const drawn = calls.map(({ args: [left, top], fill }) => [left, top, fill]);
  assert.deepEqual(drawn, [
    [40, 30, ramp[255]],
    [240, 30, ramp[128]],
    [240, 230, ramp[255]],
  ]);
  const pixels = cellPixels(cells);
  const colours = [0, 1, 2, 3].map((i) => [...pixels.subarray(4 * i, 4 * i + 4)]);
  const opaque = (/** @type {string} */ colour) => [...channelsOf(colour), 255];
  const clear = [...channelsOf(light.background), 0];
  assert.deepEqual(colours, [opaque(ramp[255]), opaque(ramp[128]), clear, opaque(ramp[255])]);
});

test('neighbours of one colour are one rectangle', () => {
  const { ctx, calls } = recordingContext();
  drawCells(ctx, { ...cells, values: [1, 1, 0, 0] }, scale);
  assert.equal(calls.length, 1);
  assert.ok(calls[0].args[2] > 400 && calls[0].args[2] < 401, `${calls[0].args}`);
});

/** @param {Partial<import('../../web/view/scatter.js').Layer>} layer */
function laid(layer) {
  const sheet = sheetOf(480, 460);
  const points = Float32Array.of(0, 0);
  layDots(sheet, { kind: 'data', label: '', dim: 2, points, ...layer }, scale, light, 1);
  return (/** @type {number} */ x, /** @type {number} */ y) => {
    const at = 4 * (Math.floor(scale.y(y)) * 480 + Math.floor(scale.x(x)));
    return [...sheet.pixels.subarray(at, at + 4)];
  };
}

test('a dot has the colour and opacity of its layer, and dots that lie over each other add up', () => {
  const blue = channelsOf(light.data);
  for (const [n, opacity] of [
    [1, 0.3],
    [2, 0.51],
    [9, 0.96],
    [20_000, 1],
  ]) {
    // Many dots are smaller ones; all lie on one place, where even a pixel counts in full.
    const pixel = laid({ points: new Float32Array(2 * n).fill(0.004) })(0.004, 0.004);
    assert.deepEqual(pixel.slice(0, 3), blue);
    assert.ok(Math.abs(pixel[3] / 255 - opacity) < 0.01, `${n}: ${pixel[3] / 255}`);
  }
});

test('the paint of a dot is that of a circle: its area times its opacity', () => {
  let paint = 0;
  const at = laid({ points: Float32Array.of(0.0037, -0.0023) });
  for (let i = -8; i <= 8; i++) {
    for (let j = -8; j <= 8; j++) paint += at(i / 100, j / 100)[3] / 255;
  }
  const area = Math.PI * light.pointPx ** 2 * light.alpha;
  assert.ok(Math.abs(paint - area) < 0.05 * area, `${paint} of ${area}`);
});

test('points outside the sheet, or nowhere, are left out, and classes have colours of their own', () => {
  const points = Float32Array.of(NaN, 0, 1e9, 0, 0, -1e9, 0, 0, 1, 1);
  const at = laid({ points, labels: Int32Array.of(0, 0, 0, 1, 10) });
  assert.deepEqual(at(0, 0).slice(0, 3), channelsOf(light.classes[1]));
  assert.deepEqual(at(1, 1).slice(0, 3), channelsOf(light.classes[2]), 'classes begin anew');
  assert.equal(at(-1, -1)[3], 0);
});

test('the scene draws what it has, the ground first, cut off at the box, with every save restored', () => {
  const { ctx, calls } = recordingContext();
  const points = [
    { label: 'data', kind: /** @type {'data'} */ ('data'), points: passage.path, dim: 2 },
  ];
  const arrows = {
    points: Float32Array.of(0, 0),
    velocity: Float32Array.of(1, 1),
    reference: 1,
    gap: 1,
  };
  const legend = [
    { label: 'field', mark: /** @type {'arrow'} */ ('arrow'), colour: light.learned },
  ];
  const scene = {
    t: 1,
    ground: cells,
    learned: arrows,
    exact: arrows,
    trails: passage,
    points,
    legend,
  };
  drawScene(ctx, scene, scale, light);
  const count = (/** @type {string} */ wanted) =>
    calls.filter(({ name }) => name === wanted).length;
  assert.equal(count('save'), count('restore'));
  const clip = calls.findIndex(({ name }) => name === 'clip');
  const order = ['fillRect', 'arc', 'stroke'].map((name) =>
    calls.findIndex((call, i) => i > clip && call.name === name),
  );
  assert.ok(clip > 0 && order[0] < order[1] && order[1] < order[2], `${clip}, ${order}`);
  const strokes = calls.filter(({ name }) => name === 'stroke').map(({ stroke }) => stroke);
  assert.ok(strokes.indexOf(light.exact) < strokes.indexOf(light.learned));
  const said = calls.filter(({ name }) => name === 'fillText').map(({ args }) => args[0]);
  for (const word of ['difference', 'field', '0', '1']) assert.ok(said.includes(word), `${said}`);
});

test('a legend shows each mark as it is drawn', () => {
  const { ctx, calls } = recordingContext();
  drawLegend(
    ctx,
    [
      { label: 'time', mark: 'strip', colour: light.time },
      { label: 'grid', mark: 'line', colour: light.ink },
      { label: 'field', mark: 'arrow', colour: light.exact },
    ],
    scale,
    light,
  );
  const strip = calls.filter(
    ({ name, fill }) => name === 'fillRect' && rampOf(light.time).includes(fill),
  );
  assert.equal(strip.length, 8);
  const strokes = calls.filter(({ name }) => name === 'stroke').map(({ stroke }) => stroke);
  assert.deepEqual(strokes, [light.ink, light.exact]);
});

test('a scale can be centred anywhere, and its extent is what its box then shows', () => {
  const moved = scaleAt(box, 50, { x: 3, y: -1 });
  assert.deepEqual([moved.x(3), moved.y(-1)], [240, 230]);
  assert.deepEqual(moved.extent, { xMin: -1, xMax: 7, yMin: -5, yMax: 3 });
});
