import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fit } from '../../web/view/scale.js';
import { drawScatter } from '../../web/view/scatter.js';
import { Svg } from '../../web/view/svg.js';
import { light } from '../../web/view/theme.js';

const size = { width: 200, height: 100, title: 'a <b> & "c"' };

/** Names of the elements in order; throws where the file is not well formed. @param {string} text */
function elements(text) {
  /** @type {string[]} */
  const open = [];
  const names = [];
  for (const [, close, name, attributes, alone] of text.matchAll(
    /<(\/?)([a-zA-Z]+)([^>]*?)(\/?)>/g,
  )) {
    if (close) assert.equal(open.pop(), name);
    else {
      names.push(name);
      assert.match(attributes, /^(\s+[\w:-]+="[^"<&]*(&#\d+;[^"<&]*)*")*\s*$/, name);
      if (!alone) open.push(name);
    }
  }
  assert.deepEqual(open, []);
  return names;
}

test('a picture of points is a well-formed file with a circle for each, in groups of one style', () => {
  const svg = new Svg({ ...size, height: 200 });
  const points = Float32Array.from({ length: 600 }, (_, i) => Math.sin(i));
  const box = { left: 20, top: 10, width: 170, height: 170 };
  const layers = [{ label: 'data <&>', kind: /** @type {'data'} */ ('data'), points, dim: 2 }];
  drawScatter(
    svg,
    { layers, title: 'x' },
    fit({ xMin: -1, xMax: 1, yMin: -1, yMax: 1 }, box),
    light,
  );
  const text = svg.text();
  const names = elements(text);
  assert.equal(names[0], 'svg');
  assert.equal(
    names.filter((name) => name === 'circle').length,
    301,
    '300 points, one in the legend',
  );
  assert.ok(names.filter((name) => name === 'g').length < 30);
  assert.match(text, /<g fill="#2f6fb5" fill-opacity="0.3"><circle/);
  assert.match(text, />data &#60;&#38;&#62;<\/text>/);
  assert.match(text, /<title>a &#60;b&#62; &#38; &#34;c&#34;<\/title>/);
  assert.doesNotMatch(text, /NaN|undefined|Infinity/);
});

test('a clip holds until its restore, and the paint of before comes back', () => {
  const svg = new Svg(size);
  svg.fillStyle = '#111111';
  svg.save();
  svg.beginPath();
  svg.rect(0, 0, 10, 10);
  svg.clip();
  svg.fillStyle = '#222222';
  svg.fillRect(1, 2, 3, 4);
  svg.restore();
  svg.fillRect(5, 6, 7, 8);
  const text = svg.text().replaceAll('\n', '');
  elements(text);
  assert.match(
    text,
    /<clipPath id="clip1"><path d="M0 0h10v10h-10z"\/><\/clipPath><g clip-path="url\(#clip1\)"><g fill="#222222"><rect [^>]*\/><\/g><\/g><g fill="#111111">/,
  );
});

test('lines are strokes without a fill, and numbers have two decimals and are finite', () => {
  const svg = new Svg(size);
  svg.strokeStyle = '#abcdef';
  svg.globalAlpha = 0.5;
  svg.beginPath();
  svg.moveTo(1 / 3, 2);
  svg.lineTo(NaN, Infinity);
  svg.stroke();
  assert.match(
    svg.text(),
    /<g fill="none" stroke="#abcdef" stroke-width="1" stroke-opacity="0.5"><path d="M0.33 2L0 0"\/>/,
  );
});

test('words stand where a canvas would put them, and are measured by whoever can', () => {
  const svg = new Svg(size, (text, font) => text.length * Number.parseFloat(font));
  svg.font = '20px "A", serif';
  svg.textAlign = 'right';
  svg.textBaseline = 'middle';
  svg.fillText('ab', 50, 60);
  assert.match(
    svg.text(),
    /font-size="20" font-family="&#34;A&#34;, serif" text-anchor="end"><text x="50" y="67">ab</,
  );
  assert.equal(svg.measureText('ab').width, 40);
  const guess = new Svg(size);
  guess.font = '10px serif';
  assert.ok(guess.measureText('流匹配').width > guess.measureText('abc').width);
});

test('part of a circle is refused rather than drawn as a whole one', () => {
  assert.throws(() => new Svg(size).arc(0, 0, 1, 0, 1), RangeError);
});
