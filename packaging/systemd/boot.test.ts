/** The units as systemd runs them: a machine is started with it, and everything here happens in there, as root. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPrograms } from '../../scripts/build.ts';
import { Machine } from './test-machine.ts';

/** It takes root; where CI has none, that is a failure. */
const canBoot =
  process.env.CI !== undefined || spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status === 0;

const SETTINGS = '/etc/perfcollector/pcc.env';
const KEY = '/etc/perfcollector/credentials/pcc-apikey';
const EVERYTHING = `PCC_FREQUENCY=200ms
PCC_SOURCES=+zoneinfo,+buddyinfo,+interrupts,+processes,+infiniband
PCC_INCLUDE=all
PCC_CGROUPS=true
PCC_TOP=999
`;
/** What root alone sees: a file system below a closed directory, and the disk traffic of other users' processes. */
const OF_ROOT = /^fs_\/root\/vault_|^process_\d+\.\d+_(read|write)_bytes$/;

let machine: Machine;

describe.skipIf(!canBoot)('under systemd', () => {
  beforeAll(async () => {
    await buildPrograms();
    machine = await Machine.boot();
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  test('pcc starts as it is installed, without key and settings, and records for itself alone', async () => {
    machine.must('systemctl', 'start', 'pcc');
    expect(property('pcc', 'StatusText')).toBe('0 samples into /var/lib/pcc/pcc.json, 0 ticks missed');
    expect(property('pcc', 'User')).toBe('pcc');
    expect(machine.must('stat', '--dereference', '--format=%a %U', '/var/lib/pcc')).toBe('700 pcc\n');
    expect(machine.must('stat', '--format=%a', '/var/lib/private/pcc/pcc.json')).toBe('600\n');
    expect(machine.must('pcc', 'mark', 'installed')).toMatch(/in \/var\/lib\/pcc\/pcc\.json$/m);
    machine.must('systemctl', 'stop', 'pcc');
    expect(property('pcc', 'Result')).toBe('success');
    machine.must('rm', '/var/lib/pcc/pcc.json');
  });

  test('pcc measures in its unit what root measures outside', async () => {
    machine.write(SETTINGS, EVERYTHING);
    machine.must('systemctl', 'start', 'pcc');
    await machine.until(() => samplesIn('/var/lib/pcc/pcc.json').length > 1);
    machine.must(
      'pcc',
      '--env-file',
      SETTINGS,
      '--duration',
      '1s',
      '--collection',
      '/srv/root.json',
      '--control',
      'none',
    );
    machine.must('systemctl', 'stop', 'pcc');
    const inside = runIn('/var/lib/pcc/pcc.json');
    const outside = runIn('/srv/root.json');
    expect(lasting(inside)).toEqual(lasting(outside));
    expect(ofProcess1(inside)).toEqual(ofProcess1(outside));
    expect(ofProcess1(inside).length).toBeGreaterThan(5);
    for (const field of ['fs_/home_blocks_total', 'fs_/home_blocks_free', 'fs_/srv/data_files_free', 'mem_total']) {
      expect(Number(inside.fields[field])).toBeGreaterThan(0);
      expect(inside.fields[field]).toBe(outside.fields[field]);
    }
    expect(inside.host).toEqual(outside.host);
    expect(machine.must('journalctl', '--unit=pcc')).toContain('cannot statfs /root/vault: EACCES');
  });

  test('pcc sends with the credential, and root reaches pcd and what it keeps', async () => {
    machine.write(SETTINGS, 'PCC_MODE=trickle\nPCC_SERVER=http://localhost:8080\nPCC_FREQUENCY=100ms\n');
    machine.must('systemctl', 'start', 'pcd');
    expect(machine.must('pcctl', 'keys', 'list')).toMatch(/admin/);
    machine.must('mkdir', '-p', '-m', '700', '/etc/perfcollector/credentials');
    machine.must('pcctl', 'keys', 'create', '--name', 'agents', '--scopes', 'ingest', '-o', KEY);
    expect(machine.must('pcc', 'check', '--env-file', SETTINGS, '--apikey-file', KEY)).toMatch(
      /key: the API key is accepted/,
    );
    machine.must('systemctl', 'start', 'pcc');
    await machine.until(() => / live +\S+ \S+ +[1-9]/.test(machine.must('pcctl', 'machines', 'list')));
    machine.must('systemctl', 'reload', 'pcd');
    expect(property('pcd', 'StatusText')).toBe('listening on http://127.0.0.1:8080');
    machine.must('systemctl', 'stop', 'pcc', 'pcd');
    expect([property('pcc', 'Result'), property('pcd', 'Result')]).toEqual(['success', 'success']);
    expect(machine.must('pcctl', 'verify', '--home', '/var/lib/pcd')).toMatch(/^read 1 machine.*all is well/);
    machine.must('pcctl', 'backup', '--home', '/var/lib/pcd', '-o', '/srv/backup.sqlite');
    machine.must('systemctl', 'start', 'pcd'); // what root did there keeps it from nothing
    machine.must('pcctl', 'verify');
  });

  test('without the key trickle mode is refused and says so, and is not tried again', () => {
    machine.must('mv', KEY, '/srv/key');
    expect(machine.run('systemctl', 'start', 'pcc').code).not.toBe(0);
    expect(property('pcc', 'ActiveState')).toBe('failed');
    expect(machine.must('journalctl', '--unit=pcc')).toContain('trickle mode needs an API key');
    machine.must('mv', '/srv/key', KEY);
    machine.must('systemctl', 'start', 'pcc');
  });

  test.each(['pcc', 'pcd'])('%s is started anew when it does not answer any more', async (name) => {
    machine.write(`/run/systemd/system/${name}.service.d/soon.conf`, '[Service]\nWatchdogSec=1s\nRestartSec=100ms\n');
    machine.must('systemctl', 'daemon-reload');
    machine.must('systemctl', 'restart', name);
    const first = property(name, 'MainPID');
    machine.must('systemctl', 'kill', '--signal=STOP', name);
    await machine.until(() => property(name, 'NRestarts') === '1' && property(name, 'ActiveState') === 'active');
    expect(property(name, 'MainPID')).not.toBe(first);
    expect(machine.must('journalctl', `--unit=${name}`)).not.toContain('cannot be told');
    machine.must('systemctl', 'stop', name);
  });

  test('several agents have a place each, and the one of the night has its window', () => {
    machine.write('/etc/perfcollector/pcc-web.env', 'PCC_FREQUENCY=1s\nPCC_DURATION=1h\n');
    machine.must('systemctl', 'start', 'pcc@web', 'pcc@nightly', 'pcc-nightly.timer');
    const marked = machine.must('pcc', 'mark', 'x', '--control', '/run/pcc-web/control.sock');
    expect(marked).toMatch(/in \/var\/lib\/pcc-web\/pcc\.json$/m);
    const { PCC_DURATION, PCC_COLLECTION } = environmentOf('pcc@nightly');
    expect({ PCC_DURATION, PCC_COLLECTION }).toEqual({
      PCC_DURATION: '5h',
      PCC_COLLECTION: '/var/lib/pcc-nightly/pcc.json',
    });
    expect(environmentOf('pcc@web')).toMatchObject({ PCC_DURATION: '1h', PCC_FREQUENCY: '1s' });
    expect(property('pcc-nightly.timer', 'ActiveState')).toBe('active');
    machine.must('systemctl', 'stop', 'pcc-nightly.timer', 'pcc@web', 'pcc@nightly');
    expect(machine.must('systemctl', 'list-units', '--failed', '--no-legend', 'pc*')).toBe('');
  });

  test('pcd takes a port below 1024 from its socket unit', () => {
    machine.write('/run/systemd/system/pcd.socket.d/port.conf', '[Socket]\nListenStream=\nListenStream=127.0.0.1:80\n');
    machine.must('systemctl', 'daemon-reload');
    machine.must('systemctl', 'start', 'pcd.socket');
    expect(machine.must('pcctl', 'ping', '--server', 'http://127.0.0.1:80')).toMatch(/answers/);
    machine.must('systemctl', 'stop', 'pcd.socket', 'pcd');
  });

  test("what an agent recorded goes after a month, what waits for a server doesn't", () => {
    machine.must('systemctl', 'start', 'pcc'); // its directory belongs to it again
    machine.must('systemctl', 'stop', 'pcc');
    machine.must('sh', '-c', 'cd /var/lib/pcc && mkdir -p spool && touch new.zst && touch old.zst spool/old');
    machine.must('sed', '-i', 's/31d/0/', '/usr/lib/tmpfiles.d/perfcollector-agent.conf');
    machine.must('systemd-tmpfiles', '--clean', '/usr/lib/tmpfiles.d/perfcollector-agent.conf');
    expect(machine.must('find', '/var/lib/private/pcc', '-name', 'old*')).toBe('/var/lib/private/pcc/spool/old\n');
  });
});

interface Run {
  readonly host: unknown;
  /** Of the last sample. */
  readonly fields: Readonly<Record<string, unknown>>;
}

function property(unit: string, name: string): string {
  return machine.must('systemctl', 'show', '--value', `--property=${name}`, unit).trim();
}

/** What the process of a unit has. */
function environmentOf(unit: string): Record<string, string> {
  const text = machine.must('cat', `/proc/${property(unit, 'MainPID')}/environ`);
  return Object.fromEntries(
    text.split('\0').map((entry) => [entry.split('=')[0] ?? '', entry.split('=').slice(1).join('=')]),
  );
}

function samplesIn(path: string): readonly string[] {
  return machine
    .run('cat', path)
    .stdout.split('\n')
    .filter((line) => line.includes('"fields"'));
}

function runIn(path: string): Run {
  const { host } = JSON.parse(machine.must('head', '--lines=1', path));
  const { fields } = JSON.parse(samplesIn(path).at(-1) ?? '');
  return { host, fields };
}

/** The fields of a sample that do not come and go with processes. */
function lasting({ fields }: Run): readonly string[] {
  return Object.keys(fields)
    .filter((name) => !name.startsWith('process_') && !OF_ROOT.test(name))
    .toSorted();
}

function ofProcess1({ fields }: Run): readonly string[] {
  return Object.keys(fields)
    .filter((name) => name.startsWith('process_1.') && !OF_ROOT.test(name))
    .toSorted();
}
