/** Packages for every Linux: `npm run package`. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ARCHITECTURES } from './package/architecture.ts';
import { buildExecutable } from './package/executable/build-executable.ts';
import { bundleParts } from './package/executable/parts.ts';
import { fetchRuntime } from './package/executable/runtime.ts';
import { releaseOf } from './package/release.ts';

const { values } = parseArgs({
  options: { version: { type: 'string' }, out: { type: 'string', default: 'dist/packages' } },
});
const parts = await bundleParts(releaseOf(values.version));
for (const architecture of ARCHITECTURES) {
  const runtime = fetchRuntime(architecture);
  await buildExecutable({ parts, runtime, architecture }, join(values.out, architecture.debian, 'perfcollector'));
}
