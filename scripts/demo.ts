/**
 * The whole house at work on this machine, for a newcomer: `npm start`. A pcd, two pcc agents (one sends, one writes a
 * file), the export, the conversion to CSV, and a table of what was measured. Everything is started as the real programs
 * and stopped at the end, also on Ctrl-C.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPrograms } from './build.ts';
import { openPrograms, type Programs } from './demo/programs.ts';
import { summarize } from './demo/summary.ts';

const SECONDS = 10;

const BY_HAND = (machine: string) => `
The same by hand, each line in this directory:

  export PATH="$PWD/node_modules/.bin:$PATH"
  pcd &                                             # http://127.0.0.1:8080, home ~/.pcd
  until pcctl ping; do sleep 0.2; done
  pcctl keys create --name me -o me.key             # pcctl finds pcd's own administrator key
  pcc --mode trickle --server http://127.0.0.1:8080 --apikey-file me.key --frequency 1s --duration 10s
  pcc --collection local.json --frequency 1s --duration 10s
  pcctl machines list
  pcctl export ${machine} -o exported.json
  pcprocess exported.json --outdir from-pcd
  pcprocess local.json --outdir from-file
  kill %1                                           # pcd finishes what it does and ends
`;

await buildPrograms();
const directory = mkdtempSync(join(tmpdir(), 'perfcollector-'));
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interrupted.abort());
const programs = openPrograms(directory, interrupted.signal);

try {
  await demonstrate(programs);
  await programs.stopAll();
  rmSync(join(directory, 'home'), { recursive: true });
} catch (error) {
  await programs.stopAll();
  rmSync(directory, { recursive: true, force: true });
  console.error(
    interrupted.signal.aborted ? '\nInterrupted; everything is stopped and removed.' : `\n${(error as Error).message}`,
  );
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
}

async function demonstrate({ run, serve }: Programs): Promise<void> {
  console.log('1. Starting pcd, the collector, with a home and a key of its own.');
  const server = await serve();
  const { key } = JSON.parse(await run('pcctl', ['keys', 'create', '--name', 'demo', '--json']));

  console.log(`2. Sampling this machine every second for ${SECONDS} seconds: one pcc sends to pcd, one writes a file.`);
  const local = join(directory, 'local.json');
  const pace = { PCC_FREQUENCY: '1s', PCC_DURATION: `${SECONDS}s`, PCC_LOGLEVEL: 'warn' };
  await Promise.all([
    run('pcc', [], {
      ...pace,
      PCC_MODE: 'trickle',
      PCC_SERVER: server,
      PCC_APIKEY: key,
      PCC_SPOOL: join(directory, 'spool'),
    }),
    run('pcc', [], { ...pace, PCC_COLLECTION: local }),
  ]);

  console.log("3. Exporting the machine's collection from pcd, and converting both to CSV.\n");
  const [machine] = JSON.parse(await run('pcctl', ['machines', 'list', '--json']));
  const exported = join(directory, 'exported.json');
  await run('pcctl', ['export', machine.id, '-o', exported]);
  const trickled = await convert(run, exported, 'from-pcd');
  const written = await convert(run, local, 'from-file');

  console.log(summarize(trickled));
  console.log(`CSV of what pcd kept:       ${trickled}`);
  console.log(`CSV of what pcc wrote:      ${written}`);
  console.log(BY_HAND(machine.id));
}

async function convert(run: Programs['run'], collection: string, name: string): Promise<string> {
  const outdir = join(directory, name);
  const { tables } = JSON.parse(await run('pcprocess', [collection, '--outdir', outdir, '--json']));
  return join(outdir, tables[0].files[0].path);
}
