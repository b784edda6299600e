import { once } from 'node:events';
import { readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bin, canFuse, emptyDirectory, spawnAmongFuse } from '@perfcollector/testing';
import { expect, test } from 'vitest';

test.skipIf(!canFuse)(
  'pcc samples beside a file system that hangs, says so once, and ends at once when told to',
  async () => {
    const path = join(emptyDirectory(), 'c.json');
    const [good, bad] = [emptyDirectory(), emptyDirectory()];
    writeFileSync(path, '');
    const argv = ['--collection', path, '--frequency', '50ms', '--sources', 'statfs'];
    const child = spawnAmongFuse({ [bad]: 'hung', [good]: 'live' }, [bin('pcc'), ...argv]);
    const watcher = watch(path);
    while (readFileSync(path, 'utf8').split(`fs_${good}_files_free`).length < 5) await once(watcher, 'change');
    watcher.close();
    child.kill('SIGTERM');
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(code).toBe(0);
    expect(said.match(/cannot statfs .* no answer within 200 ms/g)).toHaveLength(1);
    expect(readFileSync(path, 'utf8')).not.toContain(`fs_${bad}_`);
  },
);
