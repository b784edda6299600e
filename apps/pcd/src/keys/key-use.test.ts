import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '@perfcollector/storage';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeTempDir, NOW, startServer } from '../test-server.ts';
import { KeyUse } from './key-use.ts';

describe('when keys were used last', () => {
  const noteKeyUse = vi.fn<(used: Readonly<Record<string, number>>) => Promise<void>>();
  const reports: string[] = [];
  let use: KeyUse;

  beforeEach(() => {
    vi.useFakeTimers();
    noteKeyUse.mockReset().mockResolvedValue();
    reports.length = 0;
    use = new KeyUse({ noteKeyUse }, (problem) => reports.push(problem));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is known at once and written once in half a minute', async () => {
    for (let second = 0; second < 25; second += 1) {
      use.note('aa', second);
      await vi.advanceTimersByTimeAsync(1000);
    }
    use.note('bb', 25);
    expect([use.lastOf('aa'), use.lastOf('bb'), use.lastOf('cc')]).toEqual([24, 25, undefined]);
    expect(noteKeyUse).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(5000);
    expect(noteKeyUse.mock.calls).toEqual([[{ aa: 24, bb: 25 }]]);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(noteKeyUse).toHaveBeenCalledTimes(1);
  });

  it('is written at the end', async () => {
    use.note('aa', 1);
    await use.close();
    expect(noteKeyUse.mock.calls).toEqual([[{ aa: 1 }]]);
    await use.close();
    expect(noteKeyUse).toHaveBeenCalledTimes(1);
  });

  it('that could not be written is reported, and written with the next use', async () => {
    noteKeyUse.mockRejectedValueOnce(new StoreError('FULL', 'database or disk is full'));
    use.note('aa', 1);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(reports).toEqual(['cannot write down when keys were used: database or disk is full']);
    use.note('bb', 2);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(noteKeyUse.mock.lastCall).toEqual([{ aa: 1, bb: 2 }]);
  });
});

it('the list of keys tells it, also after a restart', async () => {
  const directory = makeTempDir();
  const home = join(directory, 'home');
  const lastUsed = async (url: string) => {
    await using server = await startServer(home);
    if (url !== '') await server.as(server.admin, { url });
    return server.keys.list().map(({ last_used }) => last_used);
  };
  expect(await lastUsed('')).toEqual([null]);
  expect(await lastUsed('/v1/machines')).toEqual([NOW]);
  expect(await lastUsed('')).toEqual([NOW]);
  rmSync(directory, { recursive: true });
});
