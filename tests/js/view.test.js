import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawCameo } from '../../web/view/cameo.js';
import { plotBox } from '../../web/view/frame.js';
import { drawHeat } from '../../web/view/heat.js';
import { drawMosaic, mosaicSize } from '../../web/view/mosaic.js';
import { extentOf, fit, ticks } from '../../web/view/scale.js';
import { drawScatter } from '../../web/view/scatter.js';
import { dark, light } from '../../web/view/theme.js';
import { drawVignette } from '../../web/view/vignette.js';
import { recordingContext } from './recorder.js';

const square = { left: 40, top: 30, width: 400, height: 400 };
const data = Float32Array.of(-1, -1, 1, 1, 0, 0.5);
const samples = Float32Array.of(-2, 0, 2, 0);
/** @type {import('../../web/view/scatter.js').Layer[]} */
const layers = [
  { label: 'real', kind: 'data', points: data, dim: 2 },
  { label: 'generated', kind: 'samples', points: samples, dim: 2 },
];

test('a unit is as long across as it is up, whatever the shape of the box', () => {
  const boxes = [square, { ...square, width: 900 }, { ...square, height: 111 }];
  for (const box of boxes) {
    const scale = fit({ xMin: -2, xMax: 2, yMin: -1, yMax: 1 }, box);
    const across = scale.x(1) - scale.x(0);
    const up = scale.y(0) - scale.y(1);
    assert.ok(Math.abs(across - up) < 1e-9, `${across} across, ${up} up`);
    assert.ok(up > 0, 'y grows upwards');
  }
  assert.equal(boxes.length, 3);
});

test('every point of the data lies inside the box it was fitted to', () => {
  const scale = fit(extentOf(layers), square);
  let seen = 0;
  for (const { points } of layers) {
    for (let i = 0; i < points.length; i += 2, seen++) {
      const [x, y] = [scale.x(points[i]), scale.y(points[i + 1])];
      assert.ok(x > square.left && x < square.left + square.width, `x ${x}`);
      assert.ok(y > square.top && y < square.top + square.height, `y ${y}`);
    }
  }
  assert.equal(seen, 5);
});

test('the extent passes over points that are not finite and is null without any other', () => {
  const mixed = [{ points: Float32Array.of(NaN, 0, 1, 2, Infinity, 1, 3, 5), dim: 2 }];
  assert.deepEqual(extentOf(mixed), { xMin: 1, xMax: 3, yMin: 2, yMax: 5 });
  assert.equal(extentOf([{ points: Float32Array.of(NaN, NaN), dim: 2 }]), null);
  assert.equal(extentOf([]), null);
});

test('points of higher dimension show their first two coordinates and those of one dimension lie on a line', () => {
  const three = extentOf([{ points: Float32Array.of(1, 2, 99, 3, 4, -99), dim: 3 }]);
  assert.deepEqual(three, { xMin: 1, xMax: 3, yMin: 2, yMax: 4 });
  assert.deepEqual(extentOf([{ points: Float32Array.of(1, 2, 3), dim: 1 }]), {
    xMin: 1,
    xMax: 3,
    yMin: 0,
    yMax: 0,
  });
});

test('one point, or none, still gives a finite scale', () => {
  for (const extent of [{ xMin: 5, xMax: 5, yMin: 5, yMax: 5 }, null]) {
    const scale = fit(extent, square);
    assert.ok(scale.pxPerUnit > 0 && Number.isFinite(scale.pxPerUnit));
    assert.ok(Number.isFinite(scale.x(5)) && Number.isFinite(scale.y(5)));
  }
});

test('ticks are round, inside the range and keep zero exact', () => {
  assert.deepEqual(ticks(-1, 1, 4), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(ticks(0, 70, 5), [0, 20, 40, 60]);
  assert.deepEqual(ticks(1, 1, 4), []);
  for (const value of ticks(-0.31, 0.31, 7)) assert.ok(value >= -0.31 && value <= 0.31);
});

test('the scatter draws each point once, in the colour and opacity of its layer', () => {
  const { ctx, calls } = recordingContext();
  const scale = fit(extentOf(layers), square);
  drawScatter(ctx, { layers }, scale, light);
  const dots = calls.filter(({ name, args }) => name === 'arc' && args[2] === light.pointPx);
  assert.equal(dots.length, 5);
  const expected = [...layers[0].points, ...layers[1].points];
  dots.forEach(({ args, fill, alpha }, i) => {
    assert.equal(args[0], scale.x(expected[2 * i]));
    assert.equal(args[1], scale.y(expected[2 * i + 1]));
    assert.equal(fill, i < 3 ? light.data : light.samples);
    assert.equal(alpha, light.alpha);
  });
});

test('the legend names every layer beside a dot of its colour, and a title stands above the box', () => {
  const { ctx, calls } = recordingContext();
  drawScatter(ctx, { layers, title: 'two moons' }, fit(extentOf(layers), square), dark);
  const words = calls.filter(({ name }) => name === 'fillText').map(({ args }) => args[0]);
  for (const word of ['real', 'generated', 'two moons']) {
    assert.equal(words.filter((said) => said === word).length, 1, word);
  }
  const keys = calls.filter(({ name, args }) => name === 'arc' && args[2] !== dark.pointPx);
  assert.deepEqual(
    keys.map(({ fill, alpha }) => [fill, alpha]),
    [
      [dark.data, 1],
      [dark.samples, 1],
    ],
  );
  const title = calls.find(({ args }) => args[0] === 'two moons');
  assert.ok(title && title.args[2] < square.top);
});

test('a picture without layers has a frame and no legend', () => {
  const { ctx, calls } = recordingContext();
  drawScatter(ctx, { layers: [] }, fit(null, square), light);
  assert.equal(calls.filter(({ name }) => name === 'arc').length, 0);
  assert.equal(calls.filter(({ name }) => name === 'strokeRect').length, 1);
});

test('every save of the context is restored and the points are clipped to the box', () => {
  const { ctx, calls } = recordingContext();
  drawScatter(ctx, { layers }, fit(extentOf(layers), square), light);
  const count = (/** @type {string} */ wanted) => calls.filter((c) => c.name === wanted).length;
  assert.equal(count('save'), count('restore'));
  const clip = calls.findIndex(({ name }) => name === 'clip');
  const firstDot = calls.findIndex(({ name }) => name === 'arc');
  assert.ok(clip >= 0 && clip < firstDot);
  assert.deepEqual(calls[clip - 1].args, [40, 30, 400, 400]);
});

test('the plot box lies inside its surface and leaves more room above when there is a title', () => {
  const plain = plotBox(600, 500, light);
  const titled = plotBox(600, 500, light, true);
  for (const box of [plain, titled]) {
    assert.ok(box.left > 0 && box.top > 0);
    assert.ok(box.left + box.width < 600 && box.top + box.height < 500);
  }
  assert.ok(titled.top > plain.top);
});

test('a density is drawn in every cell near its peak, the denser the stronger, with rows of rising y', () => {
  const { ctx, calls } = recordingContext();
  const logp = [-3, -2, 0, -100];
  const extent = { xMin: 0, xMax: 2, yMin: 0, yMax: 2 };
  const scale = fit(extent, square, 0);
  drawHeat(ctx, { logp, size: 2, extent, title: 'mass 1' }, scale, light);
  const clip = calls.findIndex(({ name }) => name === 'clip');
  const end = calls.findIndex(({ name }, i) => i > clip && name === 'restore');
  const cells = calls.slice(clip, end).filter(({ name }) => name === 'fillRect');
  const places = cells.map(({ args: [left, top] }) => [(left - 40) / 200, (top - 30) / 200]);
  assert.deepEqual(places, [
    [0, 0],
    [0, 1],
    [1, 1],
  ]);
  assert.equal(cells[0].fill, 'rgb(232, 115, 12)', 'the colour of samples at the peak');
  const blue = cells.map(({ fill }) => Number(fill.match(/\d+(?=\))/)?.[0]));
  assert.ok(blue[0] < blue[2] && blue[2] < blue[1] && blue[1] < 255, `${blue}`);
  const words = calls.filter(({ name }) => name === 'fillText').map(({ args }) => args[0]);
  for (const word of ['mass 1', '\u221212']) assert.ok(words.includes(word), `${words}`);
});

test('a mosaic draws each pixel of each image once, in its place and its shade, within the room it asked for', () => {
  const { ctx, calls } = recordingContext();
  const rows = [
    { name: '7', images: [-1, 0, 1, 9, -1, -1, -1, -1] },
    { name: '8', images: [1, -3, -1, -1] },
  ];
  const mosaic = { rows, width: 2, height: 2, pixelPx: 5, title: 'digits' };
  drawMosaic(ctx, mosaic, { left: 10, top: 20 }, light);
  const room = mosaicSize(mosaic, light);
  const pixels = calls.filter(({ name }) => name === 'fillRect');
  assert.equal(pixels.length, 12);
  const [x, y] = pixels[0].args;
  assert.ok(x > 10 && y > 20, 'names stand to the left, the title above');
  assert.deepEqual(
    pixels.map(({ args }) => [args[0] - x, args[1] - y, args[2], args[3]]),
    [
      [0, 0],
      [5, 0],
      [0, 5],
      [5, 5],
      [15, 0],
      [20, 0],
      [15, 5],
      [20, 5],
      [0, 15],
      [5, 15],
      [0, 20],
      [5, 20],
    ].map(([left, top]) => [left, top, 5, 5]),
  );
  const shades = pixels.map(({ fill }) => fill);
  const [paper, ink] = ['rgb(255, 255, 255)', 'rgb(29, 36, 51)'];
  assert.deepEqual(
    [shades[0], shades[2], shades[3], shades[8], shades[9]],
    [paper, ink, ink, ink, paper],
  );
  assert.equal(shades[1], 'rgb(142, 146, 153)', 'the middle between them');
  for (const { args } of pixels) {
    assert.ok(args[0] + 5 <= 10 + room.width && args[1] + 5 <= 20 + room.height);
  }
  const words = calls.filter(({ name }) => name === 'fillText').map(({ args }) => args[0]);
  assert.deepEqual(words, ['7', '8', 'digits']);
});

test('a cameo draws its first points into its square, and points of one dimension on a line', () => {
  const { ctx, calls } = recordingContext();
  const many = Float32Array.from({ length: 2000 }, (_, i) => Math.sin(i));
  for (const dim of [1, 2, 3]) {
    calls.length = 0;
    drawCameo(ctx, { points: many, dim }, 28, light.data);
    assert.equal(calls.length, 240);
    for (const { name, args, fill } of calls) {
      assert.equal(name, 'fillRect');
      assert.equal(fill, light.data);
      const [x, y, width, height] = args;
      assert.ok(x >= 0 && y >= 0 && x + width <= 28 && y + height <= 28, `${args}`);
    }
    const heights = new Set(calls.map(({ args }) => args[1]));
    assert.equal(heights.size === 1, dim === 1);
  }
});

test('a vignette paints its square, then data, then samples in the window of the data', () => {
  const { ctx, calls } = recordingContext();
  drawVignette(ctx, { data, samples, dim: 2 }, 100, light);
  const [ground, ...dots] = calls;
  assert.deepEqual(ground.args, [0, 0, 100, 100]);
  assert.equal(ground.fill, light.background);
  assert.equal(ground.alpha, 1);
  const fills = dots.map(({ fill }) => fill);
  assert.deepEqual(fills, [...Array(3).fill(light.data), ...Array(2).fill(light.samples)]);
  for (const { args } of dots.slice(0, 3)) assert.ok(args[0] > 0 && args[1] > 0 && args[0] < 100);
  // Data reach from -1 to 1, so samples at -2 and 2 lie outside, as far to either side.
  const [left, right] = dots.slice(3).map(({ args }) => args[0] + args[2] / 2);
  assert.ok(left < 0 && Math.abs(left + right - 100) < 1e-9, `${left}, ${right}`);
});
