import { SourceError } from '../../errors.ts';
import { FieldKey } from '../../scan/field-key.ts';
import { digitsEnd, type FieldSink, latin1 } from '../../scan/field-sink.ts';
import { lineEnd, skipBlanks, utf8, wordEnd } from '../../scan/text.ts';
import type { HostReader, KernelFile } from '../../types.ts';
import { processFields } from './fields.ts';
import type { Process } from './table.ts';

/** The most of a command line that is recorded. */
const CMDLINE_BYTES = 4096;

const STATS = processFields.map(({ stat }) => stat);

/** A process that is shown: its names, and the files that are read of those alone. */
export interface Shown {
  readonly process: Process;
  readonly keys: Readonly<Record<string, FieldKey>>;
  readonly status: KernelFile;
  /** Undefined once it could not be read: without the rights, or on a kernel that does not count I/O. */
  io: KernelFile | undefined;
}

export function show(host: HostReader, process: Process): Shown {
  const { pid, start } = process;
  const keys = Object.fromEntries(STATS.map((stat) => [stat, new FieldKey(`process_${pid}.${start}_${stat}`)]));
  return { process, keys, status: host.open(`/proc/${pid}/status`), io: host.open(`/proc/${pid}/io`) };
}

export function hide({ status, io }: Shown): void {
  status.close();
  io?.close();
}

export interface DetailSetup {
  readonly host: HostReader;
  readonly userName: (uid: string) => string;
  readonly hasCmdline: boolean;
}

/** Puts a process's fields into the sink; nothing at all where it has gone meanwhile. */
export function putDetails(shown: Shown, sink: FieldSink, setup: DetailSetup): void {
  const { process, keys, status } = shown;
  const end = lengthOf(status);
  if (end === undefined) return;
  putStatus(keys, { text: status.bytes, end }, { sink, userName: setup.userName });
  putLabel(sink, keys.state, String.fromCharCode(process.state));
  putNumber(sink, keys.start_ticks, process.start);
  if (process.interval !== undefined) putNumber(sink, keys.interval_ticks, process.interval);
  putNumber(sink, keys.cpu_ticks, process.utime + process.stime);
  putNumber(sink, keys.utime, process.utime);
  putNumber(sink, keys.stime, process.stime);
  putNumber(sink, keys.threads, process.threads);
  putIo(shown, sink);
  if (setup.hasCmdline) putCmdline(setup.host, shown, sink);
}

const NAME = Buffer.from('Name:');
const UID = Buffer.from('Uid:');
const RSS = Buffer.from('VmRSS:');

function putStatus(
  keys: Shown['keys'],
  { text, end }: { text: Uint8Array; end: number },
  { sink, userName }: { sink: FieldSink; userName: (uid: string) => string },
): void {
  for (let start = 0; start < end; ) {
    const stop = lineEnd(text, start, end);
    const first = skipBlanks(text, wordEnd(text, start));
    if (beginsWith(text, start, NAME))
      putLabel(sink, keys.comm, unescapeName(utf8(text, start + NAME.length + 1, stop)));
    else if (beginsWith(text, start, UID)) putUser(keys, { text, at: first }, { sink, userName });
    else if (beginsWith(text, start, RSS) && keys.rss) sink.count(keys.rss, text, first);
    start = stop + 1;
  }
}

/** Real, effective, saved and file system user stand in the line. */
function putUser(
  keys: Shown['keys'],
  { text, at }: { text: Uint8Array; at: number },
  { sink, userName }: { sink: FieldSink; userName: (uid: string) => string },
): void {
  const effective = skipBlanks(text, digitsEnd(text, at));
  const after = digitsEnd(text, effective);
  if (after > effective) putLabel(sink, keys.user, userName(latin1(text, effective, after)));
}

/** Line feeds and backslashes stand as `\n` and `\\` in status. */
function unescapeName(name: string): string {
  return name.includes('\\') ? name.replace(/\\([n\\])/g, (_, letter) => (letter === 'n' ? '\n' : '\\')) : name;
}

const READ_BYTES = Buffer.from('read_bytes:');
const WRITE_BYTES = Buffer.from('write_bytes:');

function putIo(shown: Shown, sink: FieldSink): void {
  const { io, keys } = shown;
  const end = io && lengthOf(io);
  if (io === undefined || end === undefined) {
    shown.io = undefined;
    return;
  }
  for (let start = 0; start < end; start = lineEnd(io.bytes, start, end) + 1) {
    const isRead = beginsWith(io.bytes, start, READ_BYTES);
    const key = isRead ? keys.read_bytes : keys.write_bytes;
    if (key && (isRead || beginsWith(io.bytes, start, WRITE_BYTES)))
      sink.count(key, io.bytes, skipBlanks(io.bytes, wordEnd(io.bytes, start)));
  }
}

/** Words of a command line are separated by NULs; kernel threads and processes that have ended have none. */
function putCmdline(host: HostReader, { process, keys }: Shown, sink: FieldSink): void {
  try {
    const text = host.readStart(`/proc/${process.pid}/cmdline`, CMDLINE_BYTES);
    const line = text.replace(/\0+$/, '').replaceAll('\0', ' ');
    if (line !== '') putLabel(sink, keys.cmdline, line);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error; // it has gone, or may not be seen
  }
}

function lengthOf(file: KernelFile): number | undefined {
  try {
    return file.read('one record');
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  }
}

function beginsWith(text: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index += 1) if (text[at + index] !== word[index]) return false;
  return true;
}

function putLabel(sink: FieldSink, key: FieldKey | undefined, value: string): void {
  if (key) sink.label(key, value);
}

function putNumber(sink: FieldSink, key: FieldKey | undefined, value: number): void {
  if (key) sink.number(key, value);
}
