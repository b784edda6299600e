import { ParseError, SourceError } from './errors.ts';
import type { FieldSink } from './scan/field-sink.ts';
import type { Scan } from './scan/scanner.ts';
import type { FileShape, HostReader, KernelFile, OpenSource } from './types.ts';

/** One file of a device, and what to make of it. */
export interface DeviceFile {
  /** Absolute path on the host; each stands for one file. */
  readonly path: string;
  readonly scan: Scan;
  /** As files of /sys are, where nothing else is said: one record. */
  readonly shape?: FileShape;
}

/** How often devices are looked for, milliseconds: one that is plugged in shows after so long at the latest. */
const LOOK_AGAIN_MS = 60_000;

/**
 * A source of many small files, of devices that come and go: looked for at the first tick, once a minute, and when one
 * of them has gone; read at every tick from descriptors that stay open.
 * @param find lists the files that there are now; throws SourceError (unavailable) where the host has none at all
 */
export function deviceFiles(host: HostReader, find: () => readonly DeviceFile[]): OpenSource {
  let files = new Map<string, OpenDeviceFile>();
  let lookAt = 0;
  const look = () => {
    const found = new Map(
      find().map((one) => [one.path, files.get(one.path) ?? { ...one, file: host.open(one.path), wasRead: false }]),
    );
    for (const [path, { file }] of files) if (!found.has(path)) file.close();
    files = found;
    lookAt = performance.now() + LOOK_AGAIN_MS;
  };
  const readOne = (one: OpenDeviceFile, sink: FieldSink) => {
    const end = one.file.read(one.shape ?? 'one record');
    one.wasRead = true;
    one.scan(one.file.bytes, end, sink);
  };
  return {
    sample(sink, report) {
      if (performance.now() >= lookAt) look();
      const damaged: ParseError[] = [];
      for (const [path, one] of files) {
        const mark = sink.mark();
        try {
          readOne(one, sink);
        } catch (error) {
          sink.rollback(mark);
          if (error instanceof ParseError) damaged.push(error);
          else if (!(error instanceof SourceError)) throw error;
          // A file that never could be read says nothing of its device: many drivers list what they do not have.
          else if (error.reason === 'unavailable') lookAt = one.wasRead ? 0 : lookAt;
          else if (!isPassing(error)) report(error.message);
          if (error instanceof SourceError && error.reason !== 'failed') files.delete(path); // not tried again before the next look
        }
      }
      sayDamaged(damaged, files.size, report);
    },
    close() {
      for (const { file } of files.values()) file.close();
    },
  };
}

/** One damaged file costs itself alone. @throws ParseError the first, where all of them are damaged */
function sayDamaged(damaged: readonly ParseError[], files: number, report: (problem: string) => void): void {
  const [first] = damaged;
  if (first && damaged.length === files) throw first;
  for (const { message } of damaged) report(message);
}

interface OpenDeviceFile extends DeviceFile {
  readonly file: KernelFile;
  wasRead: boolean;
}

/** Sensors that have no value just now say so (hwmon: EAGAIN, ENODATA); there is one again soon. */
function isPassing({ cause }: SourceError): boolean {
  return ['EAGAIN', 'ENODATA', 'EBUSY', 'EINTR'].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? '');
}
