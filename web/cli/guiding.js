/** @file Options and words of runs that know classes: which class a point is of, and how strongly. */

import { CLASSES_MAX } from '../lib/classes.js';
import { refusal } from '../lib/errors.js';
import { GUIDANCE_MAX } from '../lib/guidance.js';
import { requireGuided } from './effect.js';
import { number, numeric } from './options.js';

/** @typedef {import('./options.js').Option} Option */
/** @typedef {import('./options.js').Values} Values */

/** @returns {Option} */
export function labelOption() {
  return number('--label', 'label', {
    kind: 'integer',
    min: 0,
    max: CLASSES_MAX - 1,
    help: 'Class to take, of a run trained with classes; without it all of them',
  });
}

/**
 * @param {string} help  what is guided
 * @returns {Option[]}
 */
export function guidanceOptions(help) {
  return [
    number('--guidance', 'guidance', {
      kind: 'real',
      min: 0,
      max: GUIDANCE_MAX,
      help: `${help}: 0 is no class, 1, when not given, the class alone, more leads away from the others at twice the cost`,
    }),
    {
      flag: '--guidance-interval',
      key: 'guidance_interval',
      value: 'LO,HI',
      help: 'Times between which --guidance counts, 0 to 1 each; 0,1 when not given. Elsewhere it is 1.',
      read: readInterval,
    },
  ];
}

/** @param {string} text */
function readInterval(text) {
  const interval = text.split(',').map(numeric);
  const [from, to] = interval.map(Number);
  const sound = interval.length === 2 && interval.every((each) => typeof each === 'number');
  if (sound && from >= 0 && from <= to && to <= 1) return [from, to];
  throw refusal(
    '--guidance-interval',
    text,
    'two times from 0 to 1, the first not above the second',
  );
}

/**
 * What of the typed values the library takes.
 * @param {Values} values
 */
export function guidanceOf(values) {
  requireGuided(values);
  const { label, guidance, guidance_interval } = values;
  return { label, guidance, guidance_interval };
}

/**
 * A line for each class.
 * @param {import('../lib/quality.js').Conditional | undefined} conditional
 */
export function classLines(conditional) {
  if (!conditional) return [];
  const { guidance, nfe, classes } = conditional;
  const lines = classes.map(({ label, n, sw2, sw2_floor }) => {
    if (sw2 === null || sw2_floor === null) return `SW2   of class ${label}: no point was drawn`;
    const floor = `(floor ${sw2_floor.toFixed(4)}, ${n} points)`;
    return `SW2   ${sw2.toFixed(4)} ${floor} of class ${label}`;
  });
  return [...lines, `with  guidance ${guidance}, ${nfe} evaluations a point of a class`];
}

/** Says on stderr what is seldom meant. @param {string[]} warnings */
export function warn(warnings) {
  for (const warning of warnings) process.stderr.write(`moonflow: warning: ${warning}\n`);
}
