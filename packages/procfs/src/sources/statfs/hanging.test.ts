import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { canFuse, emptyDirectory, spawnAmongFuse } from '@perfcollector/testing';
import { describe, expect, test } from 'vitest';
import type { Fields, RawText } from '../../types.ts';

interface Outcome {
  readonly ticks: readonly { fields: Fields; problems: string[] }[];
  readonly raw: readonly RawText[];
  readonly asking: number;
}

async function sampleAmong(mounts: Record<string, 'live' | 'hung'>): Promise<Outcome> {
  const stuck = Object.values(mounts).filter((kind) => kind === 'hung').length;
  const said = await run(mounts, new URL('sample-thrice.ts', import.meta.url), String(stuck));
  return said as Outcome;
}

async function run(mounts: Parameters<typeof spawnAmongFuse>[0], program: URL, word: string): Promise<unknown> {
  const child = spawnAmongFuse(mounts, [process.execPath, fileURLToPath(program), word]);
  const [said, wrong, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect({ code, wrong }).toStrictEqual({ code: 0, wrong: '' });
  return JSON.parse(said);
}

/** What the live one says. */
function live(path: string): Fields {
  return {
    [`fs_${path}_block_size`]: 4096,
    [`fs_${path}_blocks_total`]: 1000,
    [`fs_${path}_blocks_free`]: 600,
    [`fs_${path}_blocks_available`]: 500,
    [`fs_${path}_files_total`]: 77,
    [`fs_${path}_files_free`]: 7,
  };
}

// A live server that gets no CPU for 200 ms is taken for a hung one, as it should be: then once more.
describe.skipIf(!canFuse)('a file system that may hang', { retry: 2 }, () => {
  test('is asked at every tick by one process, which goes when nobody asks any more', async () => {
    const path = emptyDirectory();
    const { ticks, raw, asking } = await sampleAmong({ [path]: 'live' });
    for (const { fields, problems } of ticks) {
      expect(fields).toMatchObject(live(path));
      expect(problems).toStrictEqual([]);
    }
    const line = { mount_point: path, block_size: 4096, blocks_total: 1000, blocks_free: 600, blocks_available: 500 };
    const lines = raw[0]?.text.split('\n').map((one) => JSON.parse(one) as object);
    expect(lines).toContainEqual({ ...line, files_total: 77, files_free: 7 });
    expect(asking).toBe(1);
  });

  test('costs only its own fields and the process that asked it when it hangs; another asks the others', async () => {
    const [good, bad] = [emptyDirectory(), emptyDirectory()];
    const { ticks, asking } = await sampleAmong({ [bad]: 'hung', [good]: 'live' });
    for (const { fields, problems } of ticks) {
      expect(fields).toMatchObject(live(good));
      expect(Object.keys(fields).filter((name) => name.includes(bad))).toStrictEqual([]);
      expect(problems).toStrictEqual([`cannot statfs ${bad}: no answer within 200 ms (is its server there?)`]);
    }
    expect(asking).toBe(2);
  });

  test('is left alone when it is the only one and hangs', async () => {
    const path = emptyDirectory();
    const { ticks, asking } = await sampleAmong({ [path]: 'hung' });
    expect(ticks.map(({ problems }) => problems.length)).toStrictEqual([1, 1, 1]);
    expect(asking).toBe(1);
  });

  test('is asked again after a while, and sampled once it has answered', async () => {
    const path = emptyDirectory();
    const { first, tooSoon, last } = (await run(
      { [path]: 'late' },
      new URL('sample-until-back.ts', import.meta.url),
      path,
    )) as Record<string, unknown>;
    expect(first).toStrictEqual({ problems: 1 });
    expect(tooSoon).toStrictEqual({ problems: 1 });
    expect(last).toStrictEqual({ value: 1000, problems: 0 });
  });
});
