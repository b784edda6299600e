/**
 * What the DaemonSet promises: below `--root /host`, in namespaces of its own and without any right, pcc gives the host's
 * numbers. Done here as a container runtime does it: `/` bound below a directory, new namespaces, user 65532.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, canMount } from '@perfcollector/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const AGENT = 65532;
const NAMESPACES = ['--mount', '--net', '--pid', '--uts', '--ipc', '--fork'];
const RIGHTLESS = `--reuid ${AGENT} --regid ${AGENT} --clear-groups --no-new-privs --bounding-set -all --inh-caps -all`;
const AS_IN_A_POD = `
set -eu
mount --rbind / "$1/host"
mount --make-rslave "$1/host"
mount -t proc proc /proc
hostname pod
cd "$1/state"
shift
exec setpriv ${RIGHTLESS} env -i PATH=/usr/bin:/bin "$@"`;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'host-root-'));
  chmodSync(directory, 0o755);
  for (const name of ['host', 'state']) mkdirSync(join(directory, name));
  chownSync(join(directory, 'state'), AGENT, AGENT);
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Two lines of a collection, taken in a pod: the header of the run, and a sample. */
function sampledInPod(): { header: Record<string, unknown>; fields: Record<string, number> } {
  const host = join(directory, 'host');
  const pcc = [bin('pcc'), '--root', host, '--collection', 'c.json', '--control', 'none'];
  const once = ['--frequency', '20ms', '--duration', '20ms', '--log-level', 'error'];
  execFileSync('unshare', [...NAMESPACES, 'bash', '-c', AS_IN_A_POD, '-', directory, ...pcc, ...once]);
  const [header, sample] = readFileSync(join(directory, 'state/c.json'), 'utf8').split('\n');
  return { header: JSON.parse(header ?? ''), fields: JSON.parse(sample ?? '').fields };
}

/** Bytes that the host's interfaces have received, by name. */
function receivedByHost(): Record<string, number> {
  const lines = readFileSync('/proc/1/net/dev', 'utf8').split('\n').slice(2);
  const columns = lines.map((line) => line.trim().split(/[:\s]+/)).filter(([name]) => name && !/^veth/.test(name));
  return Object.fromEntries(columns.map(([name = '', bytes]) => [name, Number(bytes)]));
}

describe.skipIf(!canMount)('pcc --root /host in a pod of its own namespaces, without rights', () => {
  it("counts the host's network, mounts and CPUs, not those of its own namespaces", () => {
    const before = receivedByHost();
    const { header, fields } = sampledInPod();
    const after = receivedByHost();

    const names = Object.keys(fields).flatMap((name) => /^net_(.+)_rx_bytes$/.exec(name)?.[1] ?? []);
    expect(names.sort()).toEqual(Object.keys(after).sort());
    for (const name of names) {
      expect(fields[`net_${name}_rx_bytes`]).toBeGreaterThanOrEqual(before[name] ?? 0);
      expect(fields[`net_${name}_rx_bytes`]).toBeLessThanOrEqual(after[name] ?? 0);
    }
    expect(fields['fs_/_blocks_total']).toBe(statfsSync('/').blocks);
    expect(fields.stat_btime).toBe(Number(/btime (\d+)/.exec(readFileSync('/proc/stat', 'utf8'))?.[1]));

    expect(header).toMatchObject({
      identifier: readFileSync('/etc/machine-id', 'utf8').trim(),
      host: {
        hostname: readFileSync('/etc/hostname', 'utf8').trim(),
        scope: `the host below ${join(directory, 'host')} (network and mounts of its process 1)`,
      },
    });
  });
});
