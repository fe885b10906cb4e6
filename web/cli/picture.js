/** @file The pictures of --png, drawn by web/view as the page draws them: real and generated points overlaid, or a density. */

import { createRequire } from 'node:module';
import { MoonflowError } from '../lib/errors.js';
import { plotBox } from '../view/frame.js';
import { drawHeat } from '../view/heat.js';
import { extentOf, fit } from '../view/scale.js';
import { drawScatter } from '../view/scatter.js';
import { light } from '../view/theme.js';
import { writeWhole } from './file.js';

const POINTS = 2000;
const WIDTH = 768;
const HEIGHT = 576;
/** Pixels a unit of WIDTH and HEIGHT, so that the picture stays sharp on dense screens and in print. */
const DENSITY = 2;
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
  const { dim } = model;
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
 * @param {(context: any, box: import('../view/scale.js').Box, theme: import('../view/theme.js').Theme) => void} draw
 * @returns {Uint8Array} a PNG
 */
function paint(draw) {
  if (!canvas) throw new MoonflowError('state', 'picture: got no canvas; call requireCanvas first');
  const theme = { ...light, font: `'${FONT}'` };
  const surface = canvas.createCanvas(WIDTH * DENSITY, HEIGHT * DENSITY);
  const context = surface.getContext('2d');
  context.scale(DENSITY, DENSITY);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  draw(context, plotBox(WIDTH, HEIGHT, theme, true), theme);
  return surface.toBuffer('image/png');
}

/**
 * @param {string} path
 * @param {Uint8Array} png
 */
export async function writePicture(path, png) {
  await writeWhole('--png', path, png);
}
