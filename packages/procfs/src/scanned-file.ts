import { parserOf, type Scan } from './scan/scanner.ts';
import type { Fields, FileShape, HostReader, OpenSource, RawText, SamplingSettings, Source } from './types.ts';

interface ScannedFile {
  /** Where it is on this host, if not at `path` alone; the first that exists. */
  readonly paths?: (host: HostReader) => readonly string[];
  /** The scanner of a live host, which may name or leave out devices; that of a raw collection keeps all as it is. */
  readonly live?: (host: HostReader, settings: SamplingSettings) => Scan;
  /** perfcollector2 records this file. */
  readonly isRaw?: true;
  readonly shape?: FileShape;
  /** Undefined where there is nothing to write. */
  readonly rebuild?: (fields: Fields) => string | undefined;
}

/** The part of a source that is one kernel file. */
export function scannedFile(
  path: string,
  scanner: () => Scan,
  { paths = () => [path], live = scanner, isRaw, shape, rebuild }: ScannedFile = {},
): Required<Pick<Source, 'subsystem' | 'parse' | 'open'>> & Pick<Source, 'rebuild'> {
  return {
    subsystem: path,
    parse: parserOf(scanner),
    ...(rebuild && { rebuild: (fields) => rawTexts(path, rebuild(fields)) }),
    open(host, settings): OpenSource {
      const file = host.open(...paths(host));
      const scan = live(host, settings);
      return {
        sample(sink) {
          const end = file.read(shape);
          scan(file.bytes, end, sink);
        },
        ...(isRaw && { rawTexts: () => [{ subsystem: path, text: host.readText(...paths(host)) }] }),
        close: () => file.close(),
      };
    },
  };
}

/** One text, or none. */
export function rawTexts(subsystem: string, text: string | undefined): RawText[] {
  return text === undefined ? [] : [{ subsystem, text }];
}

/**
 * Where a file of /proc/net is. That directory is a link to self/net, which below another root would show this process's
 * own network namespace: there process 1's file is the host's.
 */
export function networkPaths(path: string): (host: HostReader) => readonly string[] {
  return ({ isOwn }) => (isOwn ? [path] : [path.replace('/proc/net/', '/proc/1/net/'), path]);
}
