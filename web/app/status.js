/**
 * What is happening, in words and numbers: one sentence that is read aloud when it changes, the progress of the run, the
 * measures, and a notice when something went wrong.
 */

/** @typedef {import('./run.js').Run} Run */

export class Status {
  /** @param {(id: string) => HTMLElement} element  finds an element of the page */
  constructor(element) {
    this.sentence = element('status');
    this.bar = /** @type {HTMLProgressElement} */ (element('progress'));
    this.numbers = element('progress-text');
    this.sw2 = element('sw2');
    this.floor = element('sw2-floor');
    this.loss = element('loss');
    this.note = element('sw2-note');
    this.notice = element('notice');
    this.noticeText = element('notice-text');
    this.noticeAction = element('notice-action');
    this.noticeAction.addEventListener('click', () => this.#act());
    /** @type {(() => void) | null} */
    this.act = null;
  }

  /** @param {Run} run */
  draw(run) {
    write(this.sentence, sentence(run));
    this.bar.value = run.total > 0 ? Math.min(1, run.step / run.total) : 0;
    write(this.numbers, numbers(run));
    const { quality, losses } = run;
    write(this.sw2, quality ? quality.sw2.toFixed(3) : '–');
    this.sw2.dataset.n = String(quality?.n ?? 0);
    write(this.floor, quality ? quality.floor.toFixed(3) : '–');
    write(this.loss, losses.count > 0 ? losses.latest().toFixed(3) : '–');
    write(this.note, measureNote(run));
    this.#warn(run.notice);
  }

  /** @param {Run['notice']} notice */
  #warn(notice) {
    this.notice.hidden = notice === null;
    if (!notice) return;
    write(this.noticeText, notice.text);
    this.noticeAction.hidden = !notice.action;
    write(this.noticeAction, notice.action?.label ?? '');
    this.act = notice.action?.act ?? null;
  }

  #act() {
    this.act?.();
  }
}

/**
 * A live region is read aloud when it is written, so it is written only when it says something new.
 * @param {HTMLElement} element
 * @param {string} words
 */
function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** @param {Run} run */
function sentence({
  phase,
  step,
  total,
  quality,
  measuring,
  config,
  round,
  seconds,
  dim,
  halting,
}) {
  if (halting) return 'Stopping: the step at hand ends first. Reset does not wait for it.';
  const target = config.data === 'points' ? 'your points' : String(config.data);
  switch (phase) {
    case 'starting':
      return 'Getting the engine ready.';
    case 'ready':
      return `Untrained: the samples are noise that has hardly moved. Press Start, and ${count(total)} steps teach the network to carry them to ${target}.`;
    case 'training':
      return `Learning: each step compares the network's velocity with the one that leads from noise to ${target}, and corrects it.`;
    case 'paused':
      return `Paused after step ${count(step)} of ${count(total)}. Samples come from the averaged weights of this moment.`;
    case 'reflowing':
      return 'Reflowing: learning anew from the paths of the model itself.';
    case 'dead':
      return 'The worker that computes has stopped.';
    case 'finished':
      break;
  }
  if (measuring === null && !quality?.final) return `Trained for ${count(step)} steps.`;
  if (!quality?.final) {
    return `Trained for ${count(step)} steps. Measuring how close the samples are to ${target}.`;
  }
  const what = round > 0 ? `Reflowed ${round === 1 ? 'once' : `${round} times`}` : 'Done';
  const time = seconds > 0 ? ` in ${seconds.toFixed(1)} s` : '';
  const more = dim > 2 ? ` The picture shows 2 of ${dim} coordinates.` : '';
  return `${what}: ${count(step)} steps${time}. The samples miss the data by ${quality.sw2.toFixed(3)}; two sets of real data miss each other by ${quality.floor.toFixed(3)}.${more}`;
}

/** @param {Run} run */
function numbers({ phase, step, total, rate }) {
  const done = `step ${count(step)} of ${count(total)}`;
  if (phase !== 'training' || !(rate > 0)) return done;
  return `${done} · ${count(Math.round(rate))} steps/s · ${left((total - step) / rate)} left`;
}

/** @param {Run} run */
function measureNote({ quality, measuring }) {
  if (measuring !== null) return `Measuring with 20,000 samples: ${Math.round(measuring * 100)}%.`;
  if (!quality)
    return 'SW2 is the distance between samples and data; the floor is that between data and data.';
  const { n, nfe } = quality;
  // An adaptive solver takes as many as each sample needs; what is shown is their mean.
  const cost = Number.isInteger(nfe) ? count(nfe) : `on average ${nfe.toFixed(1)}`;
  return `${count(n)} samples against ${count(n)} data points, ${cost} network evaluations a sample. The floor falls as the sets grow.`;
}

/** @param {number} number */
function count(number) {
  return number.toLocaleString('en');
}

/** @param {number} seconds */
function left(seconds) {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
