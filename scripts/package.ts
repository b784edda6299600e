/**
 * Packages for every Linux, into `dist/packages`: `npm run package`. Two runs on one commit give the same bytes.
 *     npm run package -- --version 1.0.1 --arch amd64 --only deb,tar --quick
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ARCHITECTURES, type Architecture } from './package/architecture.ts';
import { packagesOf } from './package/contents.ts';
import { buildDeb } from './package/deb.ts';
import { documentsOf } from './package/documents.ts';
import { buildExecutable } from './package/executable/build-executable.ts';
import { bundleParts } from './package/executable/parts.ts';
import { fetchRuntime } from './package/executable/runtime.ts';
import { releaseOf } from './package/release.ts';
import { buildRpms } from './package/rpm.ts';
import { buildTarball } from './package/tarball.ts';

const KINDS = ['executable', 'deb', 'rpm', 'tar'];
const SUMS = 'SHA256SUMS';

const { values } = parseArgs({
  options: {
    /** Instead of that in package.json. */
    version: { type: 'string' },
    arch: { type: 'string', default: ARCHITECTURES.map(({ debian }) => debian).join() },
    only: { type: 'string', default: KINDS.join() },
    out: { type: 'string', default: 'dist/packages' },
    /** Packs little: for tests. */
    quick: { type: 'boolean', default: false },
  },
});
// Modes of what is made on the way are in the packages, and dpkg-deb refuses some.
process.umask(0o022);
const release = releaseOf(values.version);
const kinds = chosen('--only', values.only, KINDS);
const names = chosen(
  '--arch',
  values.arch,
  ARCHITECTURES.map(({ debian }) => debian),
);
const { out } = values;
/** Of xz. */
const level = values.quick ? 0 : 6;

const parts = await bundleParts(release);
emptyForPackages(out);
const files: string[] = [];
for (const architecture of ARCHITECTURES.filter(({ debian }) => names.includes(debian))) {
  files.push(...(await buildAll(architecture)));
}
const made = [...new Set(files)].sort();
writeFileSync(join(out, SUMS), made.map((file) => `${sha256(join(out, file))}  ${file}\n`).join(''));
console.log(made.map((file) => join(out, file)).join('\n'));

/** @returns the files that it made, by their names in the directory */
async function buildAll(architecture: Architecture): Promise<string[]> {
  const runtime = fetchRuntime(architecture);
  const name = join(architecture.debian, 'perfcollector');
  const executable = join(out, name);
  await buildExecutable({ parts, runtime, architecture }, executable);
  const packages = await packagesOf({ release, executable, documents: documentsOf(release, parts.metafile, runtime) });
  const setup = { release, architecture };
  return [
    ...(kinds.includes('executable') ? [name] : []),
    ...(kinds.includes('deb')
      ? packages.map((each) => buildDeb(each, { ...setup, compression: ['-Zxz', `-z${level}`] }, out))
      : []),
    ...(kinds.includes('rpm') ? buildRpms(packages, { ...setup, payload: `w${level}T2.xzdio` }, out) : []),
    ...(kinds.includes('tar') ? [buildTarball(packages, { ...setup, compression: `xz -${level} -T2` }, out)] : []),
  ];
}

/** Packages of an earlier run go. @throws Error where anything else is there */
function emptyForPackages(directory: string): void {
  const found = existsSync(directory) ? readdirSync(directory) : [];
  const known = [SUMS, ...ARCHITECTURES.map(({ debian }) => debian)];
  const other = found.find((name) => !known.includes(name) && !/^perfcollector[-_].*\.(deb|rpm|tar\.xz)$/.test(name));
  if (other !== undefined)
    throw new Error(`cannot package into ${directory}: ${other} is there; expected a directory with packages alone`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
}

function chosen(option: string, text: string, known: readonly string[]): string[] {
  const words = text.split(',');
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) throw new Error(`cannot take ${option} ${unknown}: there are ${known.join(', ')}`);
  return words;
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
