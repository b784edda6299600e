import { type BigIntStatsFs, promises as fs, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SourceError } from '../../errors.ts';
import { openHost } from '../../reader.ts';
import { FieldKey } from '../../scan/field-key.ts';
import type { HostReader, OpenSource, SamplingSettings } from '../../types.ts';
import { type Mount, parseMountinfo, realMounts } from './mountinfo.ts';
import { parseStatfs } from './parse.ts';

/** How long a tick waits for one statfs call. A local file system answers in microseconds. */
const DEADLINE_MS = 200;

/**
 * Prepares statfs of the host's real file systems. A call that does not come back (a network file system whose server
 * is gone) is waited for only once: until it returns, its mount is reported and left out.
 */
export function openStatfs(host: HostReader, _settings: SamplingSettings): OpenSource {
  const hanging = new Set<string>();
  const ask = () => Promise.all(mountsOf(host).map((mount) => statfsLine(host, mount, hanging)));
  const linesOf = (answers: Answer[]) =>
    answers.flatMap((answer) => ('line' in answer ? [answer.line] : [])).join('\n');
  return {
    async sample(sink, report) {
      const answers = await ask();
      for (const answer of answers) if ('problem' in answer) report(answer.problem);
      for (const [name, value] of Object.entries(parseStatfs(linesOf(answers))))
        sink.number(new FieldKey(name), BigInt(value));
    },
    rawTexts: async () => [{ subsystem: 'statfs[*]', text: linesOf(await ask()) }],
    close() {},
  };
}

type Answer = { line: string } | { problem: string };

function mountsOf(host: HostReader): Mount[] {
  if (host.isOwn) return realMounts(parseMountinfo(host.readText('/proc/self/mountinfo')));
  const mounts = realMounts(parseMountinfo(host.readText('/proc/1/mountinfo', '/proc/self/mountinfo')));
  // Below another root a directory of the right name need not be the mount: in a capture it would be our own disk.
  const own = parseMountinfo(openHost().readText('/proc/self/mountinfo'));
  const here = new Set(own.map((mount) => mount.mountPoint));
  const reachable = mounts.filter((mount) => here.has(pathBelow(host, mount)));
  if (reachable.length === 0) {
    throw new SourceError('unavailable', `cannot statfs below ${host.root}: none of its file systems is mounted here`);
  }
  return reachable;
}

function pathBelow(host: HostReader, mount: Mount): string {
  return resolve(join(realpathSync(host.root), mount.mountPoint));
}

async function statfsLine(host: HostReader, mount: Mount, hanging: Set<string>): Promise<Answer> {
  const path = pathBelow(host, mount);
  const unanswered = { problem: `cannot statfs ${path}: no answer within ${DEADLINE_MS} ms (is its server there?)` };
  if (hanging.has(path)) return unanswered;
  hanging.add(path);
  const call = fs.statfs(path, { bigint: true }).finally(() => hanging.delete(path));
  try {
    const stats = await withDeadline(call);
    return stats ? { line: encodeLine(mount, stats) } : unanswered;
  } catch (error) {
    return { problem: `cannot statfs ${path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}` };
  }
}

async function withDeadline<T>(call: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, DEADLINE_MS, undefined);
  });
  try {
    return await Promise.race([call, deadline]);
  } finally {
    clearTimeout(timer);
    call.catch(() => {}); // it may still fail after the deadline, when nobody waits any more
  }
}

/** perfcollector2's line, with the inodes added. Counts are printed as digits, so nothing above 2^53 is rounded. */
function encodeLine(mount: Mount, stats: BigIntStatsFs): string {
  const counts = {
    block_size: stats.frsize || stats.bsize,
    blocks_total: stats.blocks,
    blocks_free: stats.bfree,
    blocks_available: stats.bavail,
    files_total: stats.files,
    files_free: stats.ffree,
  };
  const members = Object.entries(counts).map(([key, count]) => `"${key}":${encodeCount(count)}`);
  return `{"mount_point":${JSON.stringify(mount.mountPoint)},${members.join(',')}}`;
}

function encodeCount(count: bigint): string {
  return count <= BigInt(Number.MAX_SAFE_INTEGER) ? String(count) : `"${count}"`;
}
