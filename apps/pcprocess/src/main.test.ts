import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin } from '@perfcollector/testing';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { runPcprocess, series, testPlace, textOf } from './test-run.ts';

const place = testPlace();

test('nothing to convert is exit code 2 and says what to do', async () => {
  const { code, stdout, stderr } = await runPcprocess([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe('pcprocess: no collection is named\n  Name files, or set PCR_COLLECTION.\n');
});

test('an empty PCR_COLLECTION is none', async () => {
  expect((await runPcprocess([], { env: { PCR_COLLECTION: '' } })).code).toBe(2);
});

test('--help and --version go to standard output', async () => {
  const { code, stdout, stderr } = await runPcprocess(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const word of ['[file...]', 'PCR_COLLECTION', 'PCR_OUTDIR', '--identifier <name>', 'standard input'])
    expect(stdout).toContain(word);
  expect(await runPcprocess(['--version'])).toEqual({ code: 0, stdout: `pcprocess ${manifest.version}\n`, stderr: '' });
});

test('an unknown option is exit code 2 and says where to look', async () => {
  const { code, stdout, stderr } = await runPcprocess(['--frobnicate', 'x.json']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe("pcprocess: unknown option '--frobnicate'\n  See pcprocess --help.\n");
});

test('PCR_COLLECTION and PCR_OUTDIR alone are enough for the installed program', () => {
  const outdir = join(place.dir(), 'made', 'if need be');
  const env = { ...process.env, PCR_COLLECTION: place.file('c.json', series({ a: 1 }, { a: 2 })), PCR_OUTDIR: outdir };
  const { status, stdout, stderr } = spawnSync(bin('pcprocess'), [], { env, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toBe(`m: 2 rows, 3 columns in ${outdir}/m.csv\n`);
  expect(readFileSync(join(outdir, 'm.csv'), 'utf8')).toBe('timestamp,machine_id,a\n1767982248,m,1\n1767982258,m,2\n');
});

test('the installed program reads standard input and writes into the current directory', () => {
  const cwd = place.dir();
  const input = textOf(series({ a: 1 }));
  const { status } = spawnSync(bin('pcprocess'), ['-'], { cwd, input, encoding: 'utf8' });
  expect(status).toBe(0);
  expect(existsSync(join(cwd, 'm.csv'))).toBe(true);
});
