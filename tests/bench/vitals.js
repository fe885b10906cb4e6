/**
 * @file How the page feels: builds it, serves it, opens it in headless Chromium several times and prints a table of markdown,
 * each figure with and without a throttled processor. `--help` lists the options.
 *
 * A visit is cold: a context, a renderer and caches of its own. The page trains by itself, as it does before a reader who has
 * not asked for little motion, and everything is read in the page, from its own clock (vitals.js: `watch`).
 */

import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { refusal } from '../../web/lib/errors.js';
import { open } from '../browser/visit.js';
import { markdown, median } from './table.js';
import { CATEGORIES, tasksOf } from './tracing.js';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./tracing.js').Task} Task */
/** @typedef {{words: number, picture: number, trained: number, frames: number[]}} Seen */
/** @typedef {Seen & {tasks: Task[], files: Map<string, number>}} Visit */

const USAGE = `usage: node tests/bench/vitals.js [options]

Opens the page in headless Chromium and prints when the first picture is there, when the moons are learned, the longest task on
the page's thread, frames a second while it trains, and bytes.

options:
  --visits N      visits with each processor, 1 to 50; 7 unless given
  --throttle N    how many times slower the second processor is, 1 to 20; 4 unless given
  --tasks         lists the longest tasks and what they did on standard error
  --help          these words
`;

const VIEWPORT = { width: 1280, height: 900 };
const PATIENCE_MS = 120_000;
/** A browser calls a task of this length long, and reports none below. */
const LONG_MS = 50;
const FRAME_MS = 1000 / 60;
const SETTLE_MS = 500;
/** Tasks listed, and turns of the loop that shows what the throttle reaches. */
const LISTED = 12;
const TURNS = 5;

/**
 * @param {string} flag
 * @param {string | undefined} word
 * @param {number} most
 */
function count(flag, word, most) {
  const value = Number(word);
  if (/^\d+$/.test(String(word)) && value >= 1 && value <= most) return value;
  throw refusal(flag, word, `a whole number from 1 to ${most}`);
}

/** @param {string[]} words */
function readOptions(words) {
  const { values } = parseArgs({
    args: words,
    options: {
      visits: { type: 'string', default: '7' },
      throttle: { type: 'string', default: '4' },
      tasks: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    visits: count('--visits', values.visits, 50),
    throttle: count('--throttle', values.throttle, 20),
    tasks: Boolean(values.tasks),
    help: Boolean(values.help),
  };
}

/** Runs in the page before its scripts: notes times in milliseconds since the navigation began. */
function watch() {
  /** @type {Seen} */
  const seen = { words: 0, picture: 0, trained: 0, frames: [] };
  Object.assign(globalThis, { seen });
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) {
      if (name === 'first-contentful-paint') seen.words = startTime;
    }
  }).observe({ type: 'paint', buffered: true });
  const body = () => document.body?.dataset.phase;
  let before = '';
  const frame = (/** @type {number} */ now) => {
    // What was drawn in the frame before this one is on the screen by now.
    const words = document.querySelector('#stage')?.getAttribute('aria-label') ?? '';
    if (seen.picture === 0 && /\d/.test(words))
      requestAnimationFrame((shown) => {
        seen.picture = shown;
      });
    const phase = body() ?? '';
    if (phase === 'training') seen.frames.push(now);
    if (before === 'training' && phase !== 'training' && seen.trained === 0) seen.trained = now;
    before = phase;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/**
 * @param {Awaited<ReturnType<typeof open>>} site
 * @param {number} throttle
 * @returns {Promise<Visit>}
 */
async function visit({ browser, origin }, throttle) {
  const context = await browser.newContext({ viewport: VIEWPORT, reducedMotion: 'no-preference' });
  const page = await context.newPage();
  try {
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: throttle });
    /** @type {Map<string, number>} */
    const files = new Map();
    /** @type {Promise<void>[]} */
    const weighing = [];
    page.on('response', (answer) => {
      if (!answer.url().startsWith(origin)) return;
      weighing.push(
        answer.body().then((bytes) => {
          files.set(nameOf(answer.url()), gzipSync(bytes, { level: 9 }).length);
        }),
      );
    });
    await page.addInitScript(watch);
    await browser.startTracing(page, { categories: CATEGORIES });
    await page.goto(origin);
    await page.waitForFunction(() => /** @type {any} */ (globalThis).seen.trained > 0, null, {
      timeout: PATIENCE_MS,
    });
    await page.waitForTimeout(SETTLE_MS);
    const tasks = tasksOf(await browser.stopTracing());
    await Promise.all(weighing);
    /** @type {Seen} */
    const seen = await page.evaluate(() => /** @type {any} */ (globalThis).seen);
    return { ...seen, tasks, files };
  } finally {
    await context.close();
  }
}

/** A file's name without the hash of its content. @param {string} url */
function nameOf(url) {
  const name = new URL(url).pathname.split('/').pop() || 'index.html';
  return name.replace(/-[\w-]{8}\./, '.');
}

/**
 * How many times longer a loop takes under the throttle, on the page's thread and in a worker.
 * @param {Awaited<ReturnType<typeof open>>} site
 * @param {number} throttle
 */
async function reach({ browser }, throttle) {
  const page = await browser.newPage();
  const session = await page.context().newCDPSession(page);
  const times = [];
  for (const rate of [1, throttle]) {
    await session.send('Emulation.setCPUThrottlingRate', { rate });
    times.push(await page.evaluate(loops, TURNS));
  }
  await page.close();
  const [calm, slow] = times;
  return { page: slow.page / calm.page, worker: slow.worker / calm.worker };
}

/** Runs in a page: the least milliseconds of a loop on its thread, and in a worker. @param {number} turns */
async function loops(turns) {
  /** @param {number} turns */
  const loop = (turns) => {
    let least = Number.POSITIVE_INFINITY;
    for (let turn = 0; turn < turns; turn++) {
      const began = performance.now();
      let sum = 0;
      for (let i = 0; i < 5e7; i++) sum += i % 7;
      least = Math.min(least, sum && performance.now() - began);
    }
    return least;
  };
  const script = new Blob([`postMessage((${loop})(${turns}))`]);
  const worker = new Worker(URL.createObjectURL(script));
  const there = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
  worker.terminate();
  return { page: loop(turns), worker: Number(there) };
}

/** Frames a second, the share that was missed, and the longest wait for one. @param {number[]} times */
function cadence(times) {
  const waits = times.slice(1).map((time, i) => time - times[i]);
  const due = waits.reduce((sum, wait) => sum + Math.max(1, Math.round(wait / FRAME_MS)), 0);
  const span = times[times.length - 1] - times[0];
  return {
    rate: (1000 * waits.length) / span,
    missed: 1 - waits.length / due,
    longest: Math.max(...waits),
  };
}

/** @param {Visit} visit @param {'wall' | 'processor'} clock @param {boolean} [training]  those of the training alone */
function longest({ tasks, frames, trained }, clock, training) {
  const among = training
    ? tasks.filter(({ start }) => start > frames[0] && start < trained)
    : tasks;
  return Math.max(0, ...among.map((task) => task[clock]));
}

/** @param {Visit[]} visits @returns {string[]} */
function column(visits) {
  const ms = (/** @type {number} */ value) => `${value.toFixed(0)} ms`;
  const each = (/** @type {(visit: Visit) => number} */ figure) => {
    const values = visits.map(figure);
    return `${ms(median(values))} (${Math.min(...values).toFixed(0)} – ${Math.max(...values).toFixed(0)})`;
  };
  const long = (/** @type {Visit} */ { tasks }) =>
    tasks.filter(({ wall }) => wall > LONG_MS).length;
  const beats = visits.map(({ frames }) => cadence(frames));
  const missed = median(beats.map((beat) => beat.missed));
  return [
    each(({ words }) => words),
    each(({ picture }) => picture),
    each(({ trained }) => trained),
    each((visit) => longest(visit, 'wall')),
    each((visit) => longest(visit, 'processor')),
    each((visit) => longest(visit, 'processor', true)),
    median(visits.map(long)).toFixed(0),
    median(beats.map(({ rate }) => rate)).toFixed(1),
    `${(100 * missed).toFixed(1)} %`,
    ms(median(beats.map((beat) => beat.longest))),
  ];
}

const ROWS = [
  'first words',
  'first picture',
  'trained moons',
  'longest task on the page’s thread',
  'the same, processor time',
  'the same while it trains, processor time',
  `tasks over ${LONG_MS} ms`,
  'frames a second while it trains',
  'frames missed',
  'longest wait for a frame',
];

/** @param {Visit} visit */
function weights({ files }) {
  const rows = [...files].map(([name, bytes]) => [name, (bytes / 1000).toFixed(1)]);
  const sum = [...files.values()].reduce((total, bytes) => total + bytes, 0);
  return markdown(['file', 'kB after gzip'], [...rows, ['all', (sum / 1000).toFixed(1)]]);
}

/** The tasks that took the thread most. @param {Visit[]} visits */
function culprits(visits) {
  const found = visits.flatMap(({ tasks }) => tasks).toSorted((a, b) => b.processor - a.processor);
  return found
    .slice(0, LISTED)
    .map(
      ({ start, processor, wall, what }) =>
        `  ${processor.toFixed(0)} ms of ${wall.toFixed(0)} at ${start.toFixed(0)} ms: ${what}\n`,
    )
    .join('');
}

const options = readOptions(process.argv.slice(2));
if (options.help) {
  process.stdout.write(USAGE);
} else {
  const { visits, throttle, tasks } = options;
  const site = await open();
  try {
    const reached = await reach(site, throttle);
    /** @type {Visit[][]} */
    const columns = [[], []];
    // In turn, so that other work on the machine falls on both.
    for (let i = 0; i < visits; i++) {
      for (const [place, rate] of [1, throttle].entries()) {
        process.stderr.write(
          `visit ${i + 1} of ${visits}, processor ${rate === 1 ? 'as it is' : `${rate} times slower`}\n`,
        );
        columns[place].push(await visit(site, rate));
      }
    }
    if (tasks)
      for (const column of columns)
        process.stderr.write(`longest tasks, by processor time:\n${culprits(column)}`);
    const [calm, slow] = columns.map(column);
    const table = markdown(
      ['', 'processor as it is', `${throttle} times slower`],
      ROWS.map((row, i) => [row, calm[i], slow[i]]),
    );
    const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}, Chromium ${site.browser.version()} without a GPU`;
    console.log(
      `${machine}; medians of ${visits} cold visits, ${VIEWPORT.width} x ${VIEWPORT.height}.\n\n${table}\n`,
    );
    console.log(
      `The throttle slows the page's thread ${reached.page.toFixed(1)} times and a worker ${reached.worker.toFixed(1)} times.\n`,
    );
    console.log(weights(columns[0][0]));
  } finally {
    await site.close();
  }
}
