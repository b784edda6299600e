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
import { bundleParts, type Parts } from './package/executable/parts.ts';
import { fetchRuntime } from './package/executable/runtime.ts';
import { PackageError } from './package/package-error.ts';
import { type Release, releaseOf } from './package/release.ts';
import { buildRpms } from './package/rpm.ts';
import { requireTools } from './package/run-tool.ts';
import { buildTarball } from './package/tarball.ts';

/** What can be made, and the tools that it takes. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  executable: [],
  deb: ['dpkg-deb'],
  rpm: ['rpmbuild'],
  tar: ['tar', 'xz'],
};
const SUMS = 'SHA256SUMS';

interface Order {
  readonly release: Release;
  readonly kinds: readonly string[];
  readonly architectures: readonly Architecture[];
  readonly out: string;
  /** Of xz. */
  readonly level: number;
}

/** @throws PackageError where the command line asks for what there is not, or tools are missing */
function orderOf(argv: readonly string[]): Order {
  const names = ARCHITECTURES.map(({ debian }) => debian);
  const { values } = parseArgs({
    args: [...argv],
    options: {
      /** Instead of that in package.json. */
      version: { type: 'string' },
      arch: { type: 'string', default: names.join() },
      only: { type: 'string', default: Object.keys(KINDS).join() },
      out: { type: 'string', default: 'dist/packages' },
      /** Packs little: for tests. */
      quick: { type: 'boolean', default: false },
    },
  });
  const kinds = chosen('--only', values.only, Object.keys(KINDS));
  const wanted = chosen('--arch', values.arch, names);
  const architectures = ARCHITECTURES.filter(({ debian }) => wanted.includes(debian));
  requireTools([...kinds.flatMap((kind) => KINDS[kind] ?? []), ...architectures.map(({ strip }) => strip)]);
  return { release: releaseOf(values.version), kinds, architectures, out: values.out, level: values.quick ? 0 : 6 };
}

async function makePackages(order: Order): Promise<void> {
  const { out, release, architectures } = order;
  const parts = await bundleParts(release);
  emptyForPackages(out);
  const files: string[] = [];
  for (const architecture of architectures) files.push(...(await buildAll(order, parts, architecture)));
  const made = [...new Set(files)].sort();
  writeFileSync(join(out, SUMS), made.map((file) => `${sha256(join(out, file))}  ${file}\n`).join(''));
  console.log(made.map((file) => join(out, file)).join('\n'));
}

/** @returns the files that it made, by their names in the directory */
async function buildAll(order: Order, parts: Parts, architecture: Architecture): Promise<string[]> {
  const { release, kinds, out, level } = order;
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

/** Packages of an earlier run go. @throws PackageError where anything else is there */
function emptyForPackages(directory: string): void {
  const found = existsSync(directory) ? readdirSync(directory) : [];
  const known = [SUMS, ...ARCHITECTURES.map(({ debian }) => debian)];
  const other = found.find((name) => !known.includes(name) && !/^perfcollector[-_].*\.(deb|rpm|tar\.xz)$/.test(name));
  if (other !== undefined)
    throw new PackageError(
      `cannot package into ${directory}: ${other} is there; expected a directory with packages alone`,
    );
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
}

function chosen(option: string, text: string, known: readonly string[]): string[] {
  const words = text.split(',');
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) throw new PackageError(`cannot take ${option} ${unknown}: there are ${known.join(', ')}`);
  return words;
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function isForPeople(error: unknown): error is Error {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof PackageError || Boolean(code?.startsWith('ERR_PARSE_ARGS'));
}

// Modes of what is made on the way are in the packages, and dpkg-deb refuses some.
process.umask(0o022);
try {
  await makePackages(orderOf(process.argv.slice(2)));
} catch (error) {
  if (!isForPeople(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
