/**
 * @file The bench: prints the tables of speed as markdown, progress on standard error.
 *
 *     node tests/bench/bench.js [--only NAME,NAME...] [--quick] [--write]
 *
 *     --only    these tables: step, sampling, kernels, share, assignment, quality, scaling, threads
 *     --quick   fewer rounds and sizes: to see that it works, not to report
 *     --write   puts the table of README.md between its bench marks; needs step, sampling, assignment and quality
 *
 * Contenders do the same work on the same numbers, each in its process and on one thread, in turn within one run. Times are
 * medians of rounds, ratios medians of the rounds' ratios. Where outputs do not agree, it stops before telling a time.
 * `make bench BENCH="--only step"` installs and builds what this needs.
 */

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { qualityTable } from './cold_start.js';
import { assignmentTable } from './matching.js';
import { samplingTable, stepTable } from './peers.js';
import { kernelsTable } from './products.js';
import { shareTable } from './profile.js';
import { readmeTable, writeReadme } from './readme.js';
import { scalingTable, threadsTable } from './scaling.js';

/** @typedef {{title: string, text: string, readme?: any}} Table */

/** @type {Record<string, (options: {quick: boolean}) => Promise<Table>>} */
const TABLES = {
  step: stepTable,
  sampling: samplingTable,
  kernels: kernelsTable,
  share: shareTable,
  assignment: assignmentTable,
  quality: qualityTable,
  scaling: scalingTable,
  threads: threadsTable,
};
const NAMES = Object.keys(TABLES);
const README = ['step', 'sampling', 'assignment', 'quality'];

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: NAMES.join(',') },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const only = String(values.only).split(',');
  const unknown = only.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new Error(`--only: got ${unknown}; allowed are ${NAMES.join(', ')}`);
  }
  const missing = README.filter((name) => !only.includes(name));
  if (values.write && (missing.length > 0 || values.quick)) {
    throw new Error(`--write: needs a full run with ${README.join(', ')}`);
  }
  return { only, quick: Boolean(values.quick), write: Boolean(values.write) };
}

const { only, quick, write } = readOptions();
const machine = `${cpus()[0].model.trim()}, Node ${process.versions.node} (V8 ${process.versions.v8})`;
console.log(`${machine}, one thread each${quick ? ', quick: fewer rounds and sizes' : ''}.`);
/** @type {Record<string, any>} */
const readme = {};
for (const name of only) {
  process.stderr.write(`${name}\n`);
  const table = await TABLES[name]({ quick });
  console.log(`\n## ${table.title}\n\n${table.text}`);
  readme[name] = table.readme;
}
if (write) writeReadme(readmeTable(machine, readme));
