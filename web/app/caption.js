/** The reader's own points in words. */

import { countClasses } from '../lib/classes.js';
import { pointsThatFit } from '../lib/packing.js';
import { DRAWN_MAX } from '../lib/strokes.js';
import { listed, namesOfOwn } from './categories.js';
import { say } from './sayings.js';
import { figure } from './tongue.js';

/** @typedef {import('./intake.js').Reading} Reading */

/** Of the classes of a table; none without. @param {Reading | null} table */
export function classNames(table) {
  return table?.labels ? namesOfOwn(countClasses(table.labels), table.names) : [];
}

/**
 * @param {Reading | null} table  null: a drawing
 * @param {{name: string, n: number, full: boolean, fits: boolean}} state  of the file and the points; whether the brush is dry, and
 *   whether points so scaled may be in a link
 */
export function captionOf(table, { name, n, full, fits }) {
  const [dim, labelled] = [table?.dim ?? 2, Boolean(table?.labels)];
  const most = pointsThatFit(dim, labelled);
  const room = fits && n <= most ? say('fits') : say('tooMany', figure(most));
  const parts = [];
  if (table) {
    const names = classNames(table);
    parts.push(say(table.kind, name, figure(n), dim));
    if (labelled) parts.push(say('classes', names.length, listed(names)));
    if (dim > 2) parts.push(say('plane'));
    parts.push(room);
  } else if (n === 0) parts.push(say('empty'));
  else {
    parts.push(say('drawn', figure(n)), room);
    if (full) parts.push(say('dry', figure(DRAWN_MAX)));
  }
  return parts.join(' ');
}
