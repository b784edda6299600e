import { describe, expect, test } from 'vitest';
import { encodeLine, type Header } from './lines.ts';
import { type Entry, noDamage, readCollection } from './read-collection.ts';
import { Runs } from './runs.ts';

const header = (run: string, identifier: string): Header => ({
  collection: 1,
  run,
  identifier,
  started: 1704067200,
  interval: 10,
  host: { hostname: identifier },
  agent: 'pcc 1.0.0',
  labels: {},
});
const sampleOf = (run: string, seq: number) => ({ timestamp: 1704067200 + seq, run, seq, fields: { cpu_user: seq } });

async function entriesOf(text: string): Promise<Entry[]> {
  const bytes = (async function* () {
    yield Buffer.from(text);
  })();
  return Array.fromAsync(readCollection(bytes, noDamage()));
}

/** For each sample and event of the collection: machine and the identifier in its run's header. */
async function ownersIn(text: string): Promise<(string | undefined)[][]> {
  const runs = new Runs();
  const owners: (string | undefined)[][] = [];
  for (const entry of await entriesOf(text)) {
    runs.add(entry);
    if (entry.kind !== 'header') owners.push([runs.machineOf(entry), runs.headerOf(entry)?.identifier]);
  }
  return owners;
}

describe('Runs', () => {
  test('knows each run of a file that holds several, one after the other', async () => {
    const text = [header('r1', 'web01'), sampleOf('r1', 1), header('r2', 'web02'), sampleOf('r2', 1)];
    expect(await ownersIn(text.map(encodeLine).join(''))).toEqual([
      ['web01', 'web01'],
      ['web02', 'web02'],
    ]);
  });

  test('tells runs apart that were written side by side', async () => {
    const text = [
      header('r1', 'web01'),
      header('r2', 'web02'),
      sampleOf('r1', 1),
      sampleOf('r2', 1),
      sampleOf('r1', 2),
    ];
    expect((await ownersIn(text.map(encodeLine).join(''))).map(([machine]) => machine)).toEqual([
      'web01',
      'web02',
      'web01',
    ]);
  });

  test('believes what the sample says of itself before its header', async () => {
    const tagged = { ...sampleOf('r1', 1), tags: { machine_id: 'db07' } };
    expect(await ownersIn(encodeLine(header('r1', 'web01')) + encodeLine(tagged))).toEqual([['db07', 'web01']]);
  });

  test('gives events the machine of their run', async () => {
    const mark = { timestamp: 1704067201, run: 'r1', event: 'deploy' };
    const text = [header('r1', 'web01'), header('r2', 'web02'), mark].map(encodeLine).join('');
    expect(await ownersIn(text)).toEqual([['web01', 'web01']]);
  });

  test('gives foreign lines, which name no run, the header above them', async () => {
    const foreign = { timestamp: 1704067201, fields: { cpu_user: 1 } };
    const raw = { timestamp: 1704067202, subsystem: '/proc/loadavg', measurement: '0.20 0.18 0.12 1/80 11206\n' };
    const text = [header('r1', 'web01'), foreign, header('r2', 'web02'), raw].map(encodeLine).join('');
    expect((await ownersIn(text)).map(([machine]) => machine)).toEqual(['web01', 'web02']);
  });

  test('knows nothing where nothing is said', async () => {
    expect(await ownersIn('{"timestamp":1704067201,"fields":{"cpu_user":1}}\n')).toEqual([[undefined, undefined]]);
  });
});
