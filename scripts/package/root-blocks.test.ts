/** What the README tells who installs packages, word for word, on a Debian that has no Node and no way to a mirror. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shellBlocks } from '../documents.ts';
import { TestHost } from './test-host.ts';
import { copyPackages } from './test-packages.ts';

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.open();
  await copyPackages('deb', '1.0.0', join(host.root.path, 'srv'));
}, 600_000);
afterAll(() => host?.[Symbol.asyncDispose]());

// Ten seconds of it are samples.
test('every command for root runs as written, and leaves nothing of the packages', async () => {
  const session = `cd /srv; set -euo pipefail\n${shellBlocks('sh root').join('\n')}`;
  const { code, stdout, stderr } = await host.root.run(['bash', '-c', session]);
  expect({ code, told: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, told: '' });
  expect(stdout).toMatch(/^pcc 1\.0\.0 \(/m);
  expect(host.read('/srv/csv/web01.csv').trimEnd().split('\n')).toHaveLength(1 + 10);
  expect(await host.shell('dpkg --get-selections')).not.toContain('perfcollector');
  expect(await host.shell("find /etc /usr /var -name 'perfcollector*' -o -name 'pc[cd]*'")).toBe('');
}, 180_000);
