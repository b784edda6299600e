import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import { openHost } from '../../reader.ts';
import { sampleOf } from '../../test-sampling.ts';
import type { Fields } from '../../types.ts';
import { pressureSource } from './index.ts';
import { parsePressure } from './parse.ts';

const SOME = 'some avg10=1.25 avg60=0.37 avg300=0.40 total=9899281\n';
const FULL = 'full avg10=0.00 avg60=100.00 avg300=0.06 total=5464973\n';

function some(resource: string): Fields {
  return {
    [`pressure_${resource}_some_avg10`]: 1.25,
    [`pressure_${resource}_some_avg60`]: 0.37,
    [`pressure_${resource}_some_avg300`]: 0.4,
    [`pressure_${resource}_some_total_us`]: 9899281,
  };
}

function full(resource: string): Fields {
  return {
    [`pressure_${resource}_full_avg10`]: 0,
    [`pressure_${resource}_full_avg60`]: 100,
    [`pressure_${resource}_full_avg300`]: 0.06,
    [`pressure_${resource}_full_total_us`]: 5464973,
  };
}

describe('a file of /proc/pressure is read', () => {
  test.each<[string, string, string, Fields]>([
    ['with both lines', '/proc/pressure/memory', SOME + FULL, { ...some('memory'), ...full('memory') }],
    ['of cpu before 5.13, without full', '/proc/pressure/cpu', SOME, some('cpu')],
    ['of irq, without some', '/proc/pressure/irq', FULL, full('irq')],
    ['with the lines in another order', '/proc/pressure/io', FULL + SOME, { ...some('io'), ...full('io') }],
    ['with further values passed over', '/proc/pressure/io', `${SOME.trimEnd()} avg900=7.00 x=y\n`, some('io')],
    ['without a line feed at its end', '/proc/pressure/io', SOME.trimEnd(), some('io')],
    ['with blank lines', '/proc/pressure/io', `\n${SOME} \n`, some('io')],
    [
      'with a total above 2^53 exact',
      '/proc/pressure/io',
      'some total=18446744073709551615\n',
      { pressure_io_some_total_us: '18446744073709551615' },
    ],
  ])('%s', (_, path, text, want) => {
    expect(parsePressure(text, path)).toStrictEqual(want);
  });
});

describe('a file of /proc/pressure is refused', () => {
  test.each([
    ['when empty', '', /^cannot parse \/proc\/pressure\/io: got ""; expected "some avg10=0.00/],
    ['when blank', ' \n', /expected "some avg10/],
    ['when a line is another', `${SOME}none avg10=0.00\n`, /line 2: got "none avg10=0.00"/],
    ['when it ends after its name', `${SOME}full`, /line 2: got "full"/],
    ['when it ends within a name', 'some avg10=0.00 av', /line 1/],
    ['when it ends before a value', 'some avg10=0.00 avg60=', /line 1/],
    ['when an average is no number', 'some avg10=x avg60=0.00\n', /line 1/],
    ['when an average is negative', 'some avg10=-1.00\n', /line 1/],
    ['when a total is no number', 'some total=1.5\n', /line 1/],
  ])('%s', (_, text, message) => {
    expect(() => parsePressure(text, '/proc/pressure/io')).toThrow(ParseError);
    expect(() => parsePressure(text, '/proc/pressure/io')).toThrow(message);
  });
});

describe('the files of a host', () => {
  const made: string[] = [];
  afterEach(() => {
    for (const root of made.splice(0)) rmSync(root, { recursive: true });
  });

  function hostWith(files: Record<string, string>) {
    const root = mkdtempSync(join(tmpdir(), 'pressure-'));
    made.push(root);
    mkdirSync(join(root, 'proc/pressure'), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'proc/pressure', name), text);
    return openHost(root);
  }

  test('are read together, those that the kernel does not have left out', async () => {
    const { fields } = await sampleOf(
      pressureSource,
      hostWith({ cpu: SOME, memory: SOME + FULL, irq: FULL, dust: 'x' }),
    );
    expect(fields).toStrictEqual({ ...some('cpu'), ...some('memory'), ...full('memory'), ...full('irq') });
  });

  test('are read without one that cannot be opened, as with psi=0', async () => {
    const host = hostWith({ memory: SOME });
    // A socket stands for a file of a feature that is off: opening it is refused (ENXIO), as reading that is (EOPNOTSUPP).
    const server = createServer().listen(join(host.root, 'proc/pressure/cpu'));
    await once(server, 'listening');
    try {
      expect(await sampleOf(pressureSource, host)).toStrictEqual({ fields: some('memory'), problems: [] });
    } finally {
      server.close();
    }
  });

  test('are read without one that is empty, as a copy is of one that cannot be read', async () => {
    const { fields, problems } = await sampleOf(pressureSource, hostWith({ cpu: SOME, irq: '' }));
    const damaged = await sampleOf(pressureSource, hostWith({ cpu: SOME, io: SOME.replace(/total=.*/, 'total=x') }));
    expect(damaged.fields).toStrictEqual(some('cpu'));
    expect(fields).toStrictEqual(some('cpu'));
    expect(problems).toStrictEqual([expect.stringMatching(/^cannot parse \/proc\/pressure\/irq: got ""/)]);
    await expect(sampleOf(pressureSource, hostWith({ cpu: '', irq: '' }))).rejects.toThrow(ParseError);
  });

  test('are unavailable where the kernel has none', async () => {
    const host = openHost(join(tmpdir(), 'no-such-host'));
    await expect(sampleOf(pressureSource, host)).rejects.toMatchObject({ reason: 'unavailable' });
  });
});
