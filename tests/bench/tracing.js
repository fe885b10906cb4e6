/**
 * @file What the page's thread did, read from a trace of Chromium. A task's own processor time does not grow when other programs
 * of the machine take its turn, so it is what can be compared between runs; its length is what a reader feels.
 */

/**
 * @typedef {{name: string, ph: string, pid: number, tid: number, ts: number, dur?: number, tdur?: number, args?: any}} Event
 * @typedef {{start: number, wall: number, processor: number, what: string}} Task  in milliseconds, the start since the navigation
 */

/** What `browser.startTracing` is to record. */
export const CATEGORIES = ['toplevel', 'devtools.timeline', 'v8', 'blink.user_timing'];

/** Names of events that say of a task no more than that it ran. */
const HOLLOW =
  /^(ThreadControllerImpl|Receive mojo|v8\.callFunction|v8\.run|RunTask|FunctionCall$)/;
/** Events named for a task, and the least share of it that one is named for. */
const NAMED = 3;
const SHARE = 0.1;

/**
 * The tasks of the page's thread, in their order.
 * @param {Buffer} trace  of one page
 * @returns {Task[]}
 */
export function tasksOf(trace) {
  /** @type {Event[]} */
  const events = JSON.parse(String(trace)).traceEvents;
  const thread = drawing(events);
  const mine = events.filter((event) => keyOf(event) === thread);
  const began = mine.find(isNavigation)?.ts ?? 0;
  const own = mine.filter(({ ph }) => ph === 'X');
  const ms = (/** @type {number} */ microseconds) => microseconds / 1000;
  return own
    .filter(({ name }) => name.endsWith('RunTask'))
    .map((task) => ({
      start: ms(task.ts - began),
      wall: ms(task.dur ?? 0),
      processor: ms(task.tdur ?? 0),
      what: whatOf(task, own),
    }));
}

/** That of the page itself, not of the blank one before it. @param {Event} event */
const isNavigation = ({ name, args }) =>
  name === 'navigationStart' && /^http/.test(args?.data?.documentLoaderURL ?? '');

/** @param {Event} event */
const keyOf = ({ pid, tid }) => `${pid}:${tid}`;

/** The page's thread: a browser keeps a spare one, which may warm itself up meanwhile, but draws nothing. @param {Event[]} events */
function drawing(events) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const event of events) {
    if (event.name === 'thread_name' && event.args.name === 'CrRendererMain')
      counts.set(keyOf(event), 0);
  }
  for (const event of events) {
    const count = counts.get(keyOf(event));
    if (count !== undefined && event.name === 'FireAnimationFrame')
      counts.set(keyOf(event), count + 1);
  }
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
}

/**
 * The longest things that a task did.
 * @param {Event} task
 * @param {Event[]} own
 */
function whatOf(task, own) {
  const { ts, dur = 0, tdur = 0 } = task;
  // Most tasks are short, and nobody asks what they did.
  if (tdur < 4000) return '';
  const inside = own.filter(
    (event) =>
      event !== task &&
      event.ts >= ts &&
      event.ts + (event.dur ?? 0) <= ts + dur &&
      (event.tdur ?? 0) > SHARE * tdur &&
      !HOLLOW.test(event.name),
  );
  const longest = inside.toSorted((a, b) => (b.tdur ?? 0) - (a.tdur ?? 0)).slice(0, NAMED);
  return longest
    .map((event) => `${event.name} ${((event.tdur ?? 0) / 1000).toFixed(0)} ms`)
    .join(', ');
}
