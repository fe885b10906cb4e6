/**
 * @file The panels that are read after the stage: code of their own, fetched when the first picture is there, so that the
 * picture waits for none of them.
 */

import { Comparison } from './comparison.js';
import { Gallery } from './gallery.js';
import { Keep } from './keep.js';
import { Numerals } from './numerals.js';
import { Own } from './own.js';
import { Rounds } from './rounds.js';
import { Solvers } from './solvers.js';
import { Steering } from './steering.js';
import { Tour } from './tour.js';

/**
 * By the id of the section each fills, in the order in which they appear; the graphs stand beside the stage.
 * @type {Record<string, import('./main.js').PanelClass>}
 */
export const PANELS = {
  graphs: Gallery,
  solver: Solvers,
  guidance: Steering,
  'reflow-result': Rounds,
  compare: Comparison,
  own: Own,
  digits: Numerals,
  keep: Keep,
  tour: Tour,
};
