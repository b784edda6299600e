import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildPrograms } from './build.ts';
import { isBuilt } from './launch.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = join(root, 'node_modules/.bin/node');
beforeAll(() => buildPrograms());

describe.each(['pcc', 'pcd', 'pcctl', 'pcprocess'])('the bundle of %s', (app) => {
  const dist = join(root, 'apps', app, 'dist');

  test('helps as the sources do', () => {
    const [bundle, sources] = [`apps/${app}/dist/bin.mjs`, `apps/${app}/src/bin.ts`].map((file) =>
      spawnSync(node, [file, '--help'], { cwd: root, encoding: 'utf8' }),
    );
    expect(bundle?.stderr).toBe('');
    expect(bundle?.stdout).toContain(`${app} `);
    expect(bundle?.stdout).toBe(sources?.stdout);
  });

  test('starts Node with the same flags as its launcher', () => {
    const [bundle, launcher] = [join(dist, 'bin.mjs'), join(root, 'apps', app, `bin/${app}.mjs`)].map(
      (file) => readFileSync(file, 'utf8').split('\n')[0],
    );
    expect(bundle).toMatch(/^#!.* --$/);
    expect(bundle).toBe(launcher);
  });

  test('imports no module of Node, which would run all its getters', () => {
    const bundles = readdirSync(dist).filter((name) => name.endsWith('.mjs'));
    const imports = bundles.flatMap(
      (name) => readFileSync(join(dist, name), 'utf8').match(/^import .*from "[^.].*/gm) ?? [],
    );
    expect(imports).toEqual([]);
  });
});

test('the local mode of pcc loads no HTTP client', () => {
  const directory = mkdtempSync(join(tmpdir(), 'build-'));
  const argv = ['--frequency', '10ms', '--duration', '10ms', '--collection', join(directory, 'c.json')];
  const code = `process.on('exit', () => console.log(process.moduleLoadList.filter((name) => /http|undici/.test(name))))`;
  const imported = `data:text/javascript,${encodeURIComponent(code)}`;
  const run = () =>
    spawnSync(node, ['--import', imported, 'apps/pcc/dist/bin.mjs', ...argv], { cwd: root, encoding: 'utf8' });
  const { status, stdout, stderr } = run();
  rmSync(directory, { recursive: true });
  expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: '[]\n' });
});

/** An app of its own below a directory: a bundle that says so, sources that say so. */
describe('a launcher', () => {
  let app: string;
  beforeEach(() => {
    app = mkdtempSync(join(tmpdir(), 'launch-'));
    for (const name of ['src', 'dist', 'bin']) mkdirSync(join(app, name));
    writeFileSync(join(app, 'src/bin.ts'), "const from: string = 'sources'; console.log(from);");
    writeFileSync(join(app, 'dist/bin.mjs'), "console.log('bundle');");
    cpSync(join(root, 'scripts/launch.mjs'), join(app, 'bin/launch.mjs'));
    writeFileSync(
      join(app, 'bin/x.mjs'),
      "import { launch } from './launch.mjs';\nawait launch(new URL('..', import.meta.url));",
    );
    utimesSync(join(app, 'src/bin.ts'), 1000, 1000);
    writeFileSync(join(app, 'dist/sources.json'), JSON.stringify([['../src/bin.ts', 1_000_000]]));
  });
  afterEach(() => rmSync(app, { recursive: true }));
  const started = () => spawnSync(node, [join(app, 'bin/x.mjs')], { encoding: 'utf8' }).stdout.trim();

  test('starts the bundle while the sources are as they were', () => {
    expect(isBuilt(pathToFileURL(`${app}/`))).toBe(true);
    expect(started()).toBe('bundle');
  });

  test.each([
    ['a source has changed', () => utimesSync(join(app, 'src/bin.ts'), 2000, 2000)],
    ['an older source was put back', () => utimesSync(join(app, 'src/bin.ts'), 500, 500)],
    ['nothing was built', () => rmSync(join(app, 'dist'), { recursive: true })],
  ])('starts the sources where %s', (_, change) => {
    change();
    expect(isBuilt(pathToFileURL(`${app}/`))).toBe(false);
    expect(started()).toBe('sources');
  });

  test('starts the sources where one that was built in is gone', () => {
    const sources = [
      ['../src/bin.ts', 1_000_000],
      ['../src/gone.ts', 1_000_000],
    ];
    writeFileSync(join(app, 'dist/sources.json'), JSON.stringify(sources));
    expect(started()).toBe('sources');
  });
});
