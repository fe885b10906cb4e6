// scene.js — the whole stage: whatever layers there are, from the ground up, in one frame with one legend.
//
// A brush lays down what comes in thousands. The one here draws shapes, which a test records and an SVG keeps; a page brings one
// of its own that paints pixels.

import { drawArrows } from './arrows.js';
import { drawFrame } from './frame.js';
import { drawLattice } from './lattice.js';
import { drawLegend } from './legend.js';
import { drawPoints } from './scatter.js';
import { drawCellKey, drawCells } from './shade.js';
import { drawStrands } from './strands.js';
import { drawTrails } from './trails.js';

/**
 * @typedef {import('./frame.js').Context} Context
 * @typedef {import('./theme.js').Theme} Theme
 * @typedef {import('./scale.js').Scale} Scale
 *
 * @typedef {object} Scene
 * @property {number} t  flow time
 * @property {import('./shade.js').Cells} [ground]
 * @property {{passage: import('./passage.js').Passage, across: number}} [lattice]
 * @property {import('./strands.js').Pairs} [strands]
 * @property {import('./arrows.js').Arrows} [exact]
 * @property {import('./arrows.js').Arrows} [learned]
 * @property {import('./passage.js').Passage} [trails]
 * @property {import('./scatter.js').Layer[]} points  the last lies on top
 * @property {import('./legend.js').Entry[]} legend
 * @property {string} [title]
 *
 * @typedef {object} Brush
 * @property {(ctx: any, cells: import('./shade.js').Cells, scale: Scale) => void} cells
 * @property {(ctx: any, layer: import('./scatter.js').Layer, scale: Scale, theme: Theme) => void} points
 */

/** @type {Brush} */
const SHAPES = { cells: drawCells, points: drawPoints };

/**
 * @param {Context} ctx
 * @param {Scene} scene
 * @param {Scale} scale
 * @param {Theme} theme
 * @param {Brush} [brush]
 */
export function drawScene(ctx, scene, scale, theme, brush = SHAPES) {
  const { t, ground, lattice, strands, exact, learned, trails, points, legend } = scene;
  drawFrame(ctx, scale, theme, {
    title: scene.title,
    inside: () => {
      if (ground) brush.cells(ctx, ground, scale);
      if (lattice) drawLattice(ctx, lattice, t, scale, theme);
      if (strands) drawStrands(ctx, strands, scale, theme);
      for (const layer of points) brush.points(ctx, layer, scale, theme);
      if (trails) drawTrails(ctx, trails, t, scale, theme);
      if (exact) drawArrows(ctx, exact, scale, theme.exact, learned !== undefined);
      if (learned) drawArrows(ctx, learned, scale, theme.learned);
    },
    over: () => {
      if (ground) drawCellKey(ctx, ground, scale, theme);
      drawLegend(ctx, legend, scale, theme);
    },
  });
}
