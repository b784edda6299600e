import type { Sample } from '@perfcollector/collection';
import { hasVictoriaMetrics, startVictoriaMetrics, type VictoriaMetrics } from '@perfcollector/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MachineRef, Store } from '../store.ts';
import { batch, exported, header, START, sample } from '../test-contract/fixtures.ts';
import { fitsLabel } from './layout.ts';
import { openVisible } from './test-visible-store.ts';

let engine: VictoriaMetrics;
let store: Store;
let machines = 0;
beforeAll(async () => {
  engine = await startVictoriaMetrics();
  store = openVisible(engine);
});
afterAll(async () => {
  await store.close();
  await engine[Symbol.asyncDispose]();
});

function newMachine(): MachineRef {
  machines += 1;
  return { tenant: 'acme', machine: `m${machines}` };
}

/** What comes back of what was sent. */
async function roundTrip(samples: readonly Sample[]): Promise<unknown[]> {
  const ref = newMachine();
  await store.append(batch(ref, { samples }));
  return exported(store, ref);
}

describe.skipIf(!hasVictoriaMetrics)('what comes back is what was sent', () => {
  it('any values, side by side in one field', async () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one + 0), // JSON has no -0
      fc.integer(),
      fc.maxSafeInteger(),
      fc
        .float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
        .map((one) => Math.round(one * 1000) / 1000 + 0),
      fc.bigInt({ min: 1n << 53n, max: (1n << 64n) - 1n }).map(String),
      fc.string({ unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 60 }), async (values) => {
        const samples = values.map((one, at) => sample(START + at * 10, { a: one, b: at }));
        expect(await roundTrip(samples)).toEqual(samples);
      }),
      { numRuns: 60 },
    );
  });

  it('any names of fields, runs and members', async () => {
    const name = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom(...HOSTILE));
    const one = fc.record({ fields: fc.dictionary(name, fc.integer(), { maxKeys: 8 }), run: name, text: name });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 8 }), async (all) => {
        const samples = all.map(({ fields, run, text }, at) => ({
          ...sample(START + at * 10, { ...fields, text }, run),
          more: { [text]: text },
          [`x${text}`]: text,
        }));
        expect(await roundTrip(samples)).toEqual(samples);
      }),
      { numRuns: 60 },
    );
  });

  it('times between two milliseconds, and numbers without a run', async () => {
    const samples = [
      sample(START + 0.123456),
      { ...sample(START + 1.0004), seq: 7 },
      { ...sample(START + 2), seq: 0 },
      { ...sample(START + 3.9999, { a: 1 }, 'r'), seq: 3 },
    ];
    expect(await roundTrip(samples)).toEqual(samples);
  });

  it('every tick of a run, however its clock jumped, in whatever parts and how often they came', async () => {
    const times = fc.array(fc.nat(30), { minLength: 1, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 7 }), async (times, length) => {
        const ref = newMachine();
        const ticks = times.map((ms, at) => ({ ...sample(START + ms / 1000, { cpu_user: at }, 'r'), seq: at + 1 }));
        for (let at = 0; at < ticks.length; at += length) {
          const samples = ticks.slice(at, at + length);
          await store.append(batch(ref, { samples }));
          await store.append(batch(ref, { samples }));
        }
        const back = (await exported(store, ref)) as Sample[];
        expect(back.toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0))).toEqual(ticks);
        expect(await store.completeness(ref, {})).toMatchObject({ total: { received: ticks.length } });
      }),
      { numRuns: 30 },
    );
  });

  it('texts, events and headers of many kilobytes', async () => {
    const ref = newMachine();
    const long = 'pérf "\\ '.repeat(3000);
    const lines = {
      headers: [{ ...header('r'), labels: { long } }],
      samples: [sample(START, { [long.slice(0, 900)]: 1, long }, 'r'), sample(START + 1, { [long]: long }, 'r')],
      events: [{ timestamp: START + 2, event: long }],
    };
    await store.append(batch(ref, lines));
    expect(await exported(store, ref)).toEqual([...lines.headers, ...lines.samples, ...lines.events]);
  });

  it('a counter that passes what a double holds to the last digit', async () => {
    const first = 2n ** 53n - 20_000n;
    const samples = Array.from({ length: 400 }, (_, at) => {
      const value = first + BigInt(at) * 101n;
      return sample(START + at, { net_eth0_rx_bytes: value > 2n ** 53n - 1n ? String(value) : Number(value) });
    });
    expect(await roundTrip(samples)).toEqual(samples);
  });
});

const HOSTILE = [
  '',
  '__proto__',
  '__name__',
  'constructor',
  'a"}) or vector(1) #',
  'a\\',
  'a\\"',
  '{__name__!=""}',
  '.*',
  'a|b',
  '[5m]',
  "a'b`c",
  'line\nfeed',
  '\u0000\u0001\u0002',
  '\u2028',
  '\ud800',
  'ünïcödé 😀',
  'x'.repeat(20_000),
];

describe.skipIf(!hasVictoriaMetrics)('names that look like something else', () => {
  it('each is a field of its own, for questions too', async () => {
    const ref = newMachine();
    const askable = HOSTILE.filter(fitsLabel);
    const fields = Object.fromEntries(askable.map((name, at) => [`f ${name}`, at]));
    await store.append(batch(ref, { samples: [sample(START, fields)] }));
    const other = newMachine();
    await store.append(batch(other, { samples: [sample(START, { secret: 1 })] }));
    const ask = async (names: readonly string[]) =>
      (await store.series({ ...ref, fields: names, from: START, to: START + 10, points: 10 }))?.series ?? [];
    for (const [at, name] of askable.entries()) {
      if (name.includes('*')) continue; // asks for more than itself
      const max = expect.arrayContaining([at]);
      expect(await ask([`f ${name}`])).toMatchObject([{ field: `f ${name}`, kind: 'gauge', max }]);
    }
    expect((await ask(['f *'])).map(({ field }) => field).sort()).toEqual(Object.keys(fields).sort());
    expect(await ask(HOSTILE)).toEqual([]);
  });
});
