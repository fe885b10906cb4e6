/** @file The words of --help, laid out from the same option lists that are parsed. */

/** @typedef {import('./options.js').Option} Option */
/** @typedef {{summary: string, operands: string[], notes: string[]}} Described */

const WIDTH = 100;

/**
 * @param {Map<string, Described>} verbs
 */
export function overview(verbs) {
  const lines = ['usage: moonflow VERB [options]', ''];
  for (const [name, { summary }] of verbs) lines.push(`  ${name.padEnd(12)} ${summary}`);
  lines.push(
    '',
    'moonflow VERB --help lists the options of a verb; moonflow --version prints the version.',
  );
  lines.push(
    'Exit codes: 0 done; 1 failed, as where a file cannot be read, written or understood; 2 bad usage,',
    'as where an option, or a sound file, does not fit the run; 130 interrupted.',
  );
  return `${lines.join('\n')}\n`;
}

/**
 * @param {string} name
 * @param {Described} verb
 * @param {Option[]} options
 */
export function details(name, { summary, operands, notes }, options) {
  const words = operands.map((operand) => ` ${operand}`).join('');
  const lines = [`usage: moonflow ${name}${words} [options]`, '', summary];
  const groups = new Set(options.map(({ group }) => group));
  for (const group of groups) {
    lines.push('', group ? `${group}:` : 'options:');
    for (const option of options) if (option.group === group) lines.push(...describe(option));
  }
  if (notes.length > 0) lines.push('');
  for (const note of notes) lines.push(...wrap(note, 0));
  return `${lines.join('\n')}\n`;
}

/** @param {Option} option */
function describe({ flag, value, negatable, help, standard }) {
  const shown = negatable ? `${flag} | ${flag.replace('--', '--no-')}` : flag;
  const fallback =
    standard === undefined
      ? ''
      : ` (${typeof standard === 'boolean' ? onOff(standard) : standard})`;
  return [`  ${shown}${value ? ` ${value}` : ''}${fallback}`, ...wrap(help, 6)];
}

/** @param {boolean} on */
const onOff = (on) => (on ? 'on' : 'off');

/**
 * @param {string} text
 * @param {number} indent
 */
function wrap(text, indent) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last && indent + last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines.map((line) => ' '.repeat(indent) + line);
}
