/** @file The short table of README.md, from what the full tables found. */

import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { RACE_HEAD } from './peers.js';
import { markdown } from './table.js';

function kilobytes() {
  const wasm = readFileSync(new URL('../../wasm_build/core.wasm', import.meta.url));
  return (gzipSync(wasm, { level: 9 }).length / 1000).toFixed(1);
}

/**
 * @param {string} machine
 * @param {Record<string, any>} tables the `readme` of each table
 */
export function readmeTable(machine, { step, sampling, assignment, quality }) {
  const [what, ours, scipy] = assignment.row;
  const { target, reached, seconds, steps, sw2, floor, nfe } = quality;
  return [
    `Made by \`make bench BENCH=--write\` on ${machine}: ${step.peers}, SciPy ${assignment.version}; one thread each, in turn, on the`,
    'same weights and batches, medians. Beside each time: Moonflow’s divided by it.',
    '',
    markdown(
      [`the published model ${RACE_HEAD[0]}`.trim(), ...RACE_HEAD.slice(1)],
      [...step.rows, ...sampling.rows],
    ),
    '',
    '| | |',
    '|---|---|',
    `| exact assignment of ${what} points | ${ours}; SciPy ${scipy} |`,
    `| default preset, ${steps.toLocaleString('en')} steps from a cold start, median of three seeds | ${seconds} |`,
    `| its SW2, ${nfe} NFE, n = 20,000, mean of three seeds; floor | ${sw2}; ${floor} |`,
    `| seeds that end at SW2 ≤ ${target} | ${reached} |`,
    `| engine, gzip | ${kilobytes()} kB |`,
  ].join('\n');
}

/** @param {string} text */
export function writeReadme(text) {
  const file = new URL('../../README.md', import.meta.url);
  const readme = readFileSync(file, 'utf8');
  const marks = /(<!-- bench -->\n)[\s\S]*?(<!-- \/bench -->)/;
  if (!marks.test(readme)) throw new Error('README.md has no <!-- bench --> and <!-- /bench -->');
  writeFileSync(
    file,
    readme.replace(marks, (_, open, close) => `${open}${text}\n${close}`),
  );
}
