import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Memory } from '../../web/lib/memory.js';
import { small, state } from './small.js';

const PAGE = 65536;

/** Refuses every growth while `call` runs, and tells how often one was asked for. @param {() => void} call */
function withoutGrowth(call) {
  const { grow } = WebAssembly.Memory.prototype;
  let asked = 0;
  WebAssembly.Memory.prototype.grow = () => {
    asked++;
    throw new RangeError('refused');
  };
  try {
    call();
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
  }
  return asked;
}

test('a region that outgrows its place moves with doubled capacity and never overlaps another', () => {
  const memory = new Memory(new WebAssembly.Memory({ initial: 1 }), 1000);
  const first = memory.reserve('a', 100);
  assert.equal(first % 16, 0);
  assert.ok(first >= 1000);
  assert.equal(memory.reserve('a', 112), first);
  const second = memory.reserve('b', 40);
  assert.ok(second >= first + 112);
  const moved = memory.reserve('a', 200);
  assert.ok(moved >= second + 40);
  assert.equal(memory.reserve('a', 224), moved, 'capacity was doubled');
  assert.equal(memory.reserve('c', 64), first, 'the gap is used again');
});

test('carved arrays are aligned and do not overlap', () => {
  const memory = new Memory(new WebAssembly.Memory({ initial: 1 }), 8);
  const places = memory.carve('a', [1, 17, 0, 4]);
  assert.deepEqual(
    places.map((place) => place - places[0]),
    [0, 16, 48, 48],
  );
  assert.ok(places.every((place) => place % 16 === 0));
});

test('a request beyond 4 GiB is refused without asking the platform', () => {
  const memory = new Memory(new WebAssembly.Memory({ initial: 1 }), 0);
  const asked = withoutGrowth(() =>
    assert.throws(() => memory.reserve('a', 2 ** 32), {
      code: 'memory',
      message: /4294967296 bytes/,
    }),
  );
  assert.equal(asked, 0);
});

test('growth in the middle of a run does not change its bits', () => {
  const [grown, still] = [small(), small()];
  grown.train(5);
  const before = grown.instance.memory.size;
  grown.sample({ n: 1, steps: 1 });
  grown.noise({ n: 2 ** 21 });
  assert.ok(grown.instance.memory.size > before);
  grown.train(5);
  still.train(10);
  assert.equal(grown.digest(), still.digest());
});

test('a refused growth is error memory in every call that needs it, and the model is intact', () => {
  const big = 2 ** 21;
  const model = small({ data: 'points' });
  model.setPoints(
    Float32Array.from({ length: 200 }, (_, i) => Math.cos(i)),
    100,
  );
  model.train(3);
  const before = state(model);
  const points = new Float32Array(2 * big);
  const calls = [
    () => model.noise({ n: big }),
    () => model.data({ n: big }),
    () => model.setPoints(points, big),
    () => model.setPairs(points, points, big),
    () => model.velocity({ t: 0, x: points }),
    () => model.sw2(points, points),
    () => model.train(big),
    () => model.quality({ n: big }),
    () => model.digestOf(points),
  ];
  let asked = 0;
  for (const call of calls) {
    asked += withoutGrowth(() => assert.throws(call, { code: 'memory' }, String(call)));
    assert.equal(state(model), before);
  }
  assert.ok(asked >= calls.length);
  const twin = small({ data: 'points' });
  twin.setPoints(
    Float32Array.from({ length: 200 }, (_, i) => Math.cos(i)),
    100,
  );
  twin.train(6);
  model.train(3);
  assert.equal(model.digest(), twin.digest());
});

test('a model that memory does not suffice for is refused, and the next one is sound', () => {
  const config = { hidden: 512, batch: 4096 };
  withoutGrowth(() => assert.throws(() => small(config), { code: 'memory' }));
  assert.equal(small(config).train(0).length, 0);
});

test('a growth that is refused doubled but granted exact goes through', () => {
  const memory = new Memory(new WebAssembly.Memory({ initial: 1, maximum: 3 }), 0);
  memory.reserve('a', PAGE);
  memory.reserve('b', 16);
  assert.ok(memory.reserve('a', 1.5 * PAGE) >= PAGE);
});

test('1,000 models made and disposed of leave memory flat', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  /** @param {number} count */
  const churn = (count) => {
    for (let i = 0; i < count; i++) {
      const model = small({ seed: i });
      model.train(1);
      model.dispose();
    }
    collect();
    return process.memoryUsage();
  };
  const before = churn(100);
  const after = churn(1000);
  const growth = after.rss - before.rss;
  assert.ok(growth < 32 * 2 ** 20, `${growth} bytes more after 1,000 models`);
  assert.ok(after.heapUsed - before.heapUsed < 4 * 2 ** 20, `${after.heapUsed - before.heapUsed}`);
});
