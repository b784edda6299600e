/** What the README tells who installs packages, word for word, on a Debian that has no Node and no way to a mirror. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { shellBlocks } from '../documents.ts';
import { canHaveRoot } from './debian-root.ts';
import { TestHost } from './test-host.ts';
import { buildDebs } from './test-packages.ts';

let host: TestHost;

describe.skipIf(!canHaveRoot)('the README', () => {
  beforeAll(async () => {
    host = await TestHost.open();
    await buildDebs(manifest.version, join(host.root.path, 'srv'));
  }, 600_000);
  afterAll(() => host?.[Symbol.asyncDispose]());

  // Ten seconds of it are samples.
  test('every command for root runs as written, and leaves nothing of the packages', async () => {
    const session = `cd /srv; set -euo pipefail\n${shellBlocks('sh root').join('\n')}`;
    const { code, stdout, stderr } = await host.root.run(['bash', '-c', session]);
    expect({ code, told: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, told: '' });
    expect(stdout).toContain(`\npcc ${manifest.version} (`);
    expect(host.read('/srv/csv/web01.csv').trimEnd().split('\n')).toHaveLength(1 + 10);
    expect(await host.shell('dpkg --get-selections')).not.toContain('perfcollector');
    expect(await host.shell("find /etc /usr /var -name 'perfcollector*' -o -name 'pc[cd]*'")).toBe('');
  }, 180_000);
});
