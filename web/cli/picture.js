/** @file The pictures of --png, drawn by web/view as the page draws them: real and generated points overlaid, a density, or images. */

import { createRequire } from 'node:module';
import { MoonflowError } from '../lib/errors.js';
import { plotBox } from '../view/frame.js';
import { drawHeat } from '../view/heat.js';
import { drawMosaic, mosaicSize } from '../view/mosaic.js';
import { extentOf, fit } from '../view/scale.js';
import { drawScatter } from '../view/scatter.js';
import { light } from '../view/theme.js';
import { writeWhole } from './file.js';
import { compare } from './imagery.js';

const POINTS = 2000;
const WIDTH = 768;
const HEIGHT = 576;
/** Pixels a unit of WIDTH and HEIGHT, so that the picture stays sharp on dense screens and in print. */
const DENSITY = 2;
/** Around images and between two mosaics; and the width that one is drawn in about. */
const MARGIN = 24;
const MOSAIC_WIDTH = 640;
const PIXEL_MAX = 5;
const FONT = 'Moonflow Sans';
const FONT_FILE = '@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff2';

/** @type {typeof import('@napi-rs/canvas') | undefined} */
let canvas;

/**
 * Loads the drawing surface and a font, which a server may not have, or says what to install.
 */
export async function requireCanvas() {
  try {
    canvas = await import('@napi-rs/canvas');
    const path = createRequire(import.meta.url).resolve(FONT_FILE);
    if (!canvas.GlobalFonts.registerFromPath(path, FONT)) throw new Error(`no font in ${path}`);
  } catch (cause) {
    const install = 'npm install @napi-rs/canvas @fontsource/dejavu-sans';
    const message = `--png: drawing needs two packages that are not here: ${install}`;
    throw new MoonflowError('unsupported', message, { cause });
  }
}

/**
 * @param {import('../lib/model.js').Model} model
 * @param {string} title
 * @returns {Uint8Array} a PNG
 */
export function drawPicture(model, title) {
  const { dim, images } = model;
  if (images) {
    const { real, generated } = compare(model);
    return drawImages(images, [
      { rows: real, title: 'real' },
      { rows: generated, title: `generated, ${title}` },
    ]);
  }
  /** @type {import('../view/scatter.js').Layer[]} */
  const layers = [
    { label: 'real', kind: 'data', points: model.data({ n: POINTS }), dim },
    { label: 'generated', kind: 'samples', points: model.sample({ n: POINTS }), dim },
  ];
  return paint((context, box, theme) => {
    drawScatter(context, { layers, title }, fit(extentOf(layers), box), theme);
  });
}

/**
 * @param {import('../lib/density.js').Density} density
 * @param {string} title
 * @returns {Uint8Array} a PNG
 */
export function drawMap({ logp, size, box: [xMin, xMax, yMin, yMax] }, title) {
  const extent = { xMin, xMax, yMin, yMax };
  return paint((context, box, theme) => {
    const { x, y } = fit(extent, box, 0);
    const [left, top] = [x(xMin), y(yMax)];
    const own = { left, top, width: x(xMax) - left, height: y(yMin) - top };
    drawHeat(context, { logp, size, extent, title }, fit(extent, own, 0), theme);
  });
}

/**
 * Mosaics of images side by side.
 * @param {import('../lib/images.js').Images} images
 * @param {{rows: import('../view/mosaic.js').Row[], title: string}[]} parts
 * @returns {Uint8Array} a PNG
 */
export function drawImages({ width, height }, parts) {
  const columns = parts.map(({ rows }) => Math.max(...rows.map((row) => row.images.length)));
  const across = columns.reduce((sum, each) => sum + each, 0) / (width * height);
  const room = Math.floor(MOSAIC_WIDTH / (across * (width + 1)));
  const pixelPx = Math.min(PIXEL_MAX, Math.max(1, room));
  const mosaics = parts.map((part) => ({ ...part, width, height, pixelPx }));
  const sizes = mosaics.map((mosaic) => mosaicSize(mosaic, light));
  const lefts = sizes.map((_, i) => {
    return sizes.slice(0, i).reduce((sum, size) => sum + size.width + MARGIN, MARGIN);
  });
  const surface = {
    width: sizes.reduce((sum, size) => sum + size.width + MARGIN, MARGIN),
    height: Math.max(...sizes.map((size) => size.height)) + 2 * MARGIN,
  };
  return paintOn(surface, (context, theme) => {
    mosaics.forEach((mosaic, i) => {
      drawMosaic(context, mosaic, { left: lefts[i], top: MARGIN }, theme);
    });
  });
}

/**
 * @param {(context: any, box: import('../view/scale.js').Box, theme: import('../view/theme.js').Theme) => void} draw
 * @returns {Uint8Array} a PNG
 */
function paint(draw) {
  return paintOn({ width: WIDTH, height: HEIGHT }, (context, theme) => {
    draw(context, plotBox(WIDTH, HEIGHT, theme, true), theme);
  });
}

/**
 * @param {{width: number, height: number}} size
 * @param {(context: any, theme: import('../view/theme.js').Theme) => void} draw
 * @returns {Uint8Array} a PNG
 */
function paintOn({ width, height }, draw) {
  if (!canvas) throw new MoonflowError('state', 'picture: got no canvas; call requireCanvas first');
  const theme = { ...light, font: `'${FONT}'` };
  const surface = canvas.createCanvas(width * DENSITY, height * DENSITY);
  const context = surface.getContext('2d');
  context.scale(DENSITY, DENSITY);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, height);
  draw(context, theme);
  return surface.toBuffer('image/png');
}

/**
 * @param {string} path
 * @param {Uint8Array} png
 */
export async function writePicture(path, png) {
  await writeWhole('--png', path, png);
}
