import { statfsSync } from 'node:fs';
import type { HostReader, OpenSource, SamplingSettings } from '../../types.ts';
import { Asker } from './asker.ts';
import { encodeCounts, type FsCounts, hasStorage, putCounts } from './counts.ts';
import { type FsMount, type FsMounts, MountTable } from './mount-table.ts';

/** How long a local mount that cannot be asked (no way there for this user) is left alone. */
const RETRY_MS = 60_000;

/**
 * Prepares statfs of the host's real file systems: local ones are asked at once, others (network, FUSE) in a process of
 * their own, because a call to one whose server is gone does not come back.
 */
export function openStatfs(host: HostReader, settings: SamplingSettings): OpenSource {
  const table = new MountTable(host, settings.include);
  const asker = new Asker();

  /** A promise only where there is something to wait for. */
  const askAll = (onCounts: (mount: FsMount, counts: FsCounts) => void, report: (problem: string) => void) => {
    const { local, distant }: FsMounts = table.read();
    for (const mount of local) {
      const counts = countsOf(mount, report);
      if (counts && hasStorage(counts)) onCounts(mount, counts);
    }
    if (distant.length === 0) return asker.close();
    return asker.ask(distant, {
      onCounts: (mount, counts) => hasStorage(counts) && onCounts(mount, counts),
      report,
    });
  };

  return {
    sample: (sink, report) => askAll(({ keys }, counts) => putCounts(sink, keys, counts), report),
    async rawTexts() {
      const lines: string[] = [];
      await askAll(
        ({ mountPoint }, counts) => lines.push(encodeCounts(mountPoint, counts)),
        () => {},
      );
      return [{ subsystem: 'statfs[*]', text: lines.join('\n') }];
    },
    close() {
      table.close();
      asker.close();
    },
  };
}

/** Undefined for a mount that cannot be asked now. */
function countsOf(mount: FsMount, report: (problem: string) => void): FsCounts | undefined {
  if (mount.restUntil > 0 && performance.now() < mount.restUntil) return undefined;
  try {
    const counts = statfsSync(mount.path);
    const isExact = Number.isSafeInteger(counts.blocks) && Number.isSafeInteger(counts.files);
    return isExact ? counts : statfsSync(mount.path, { bigint: true });
  } catch (error) {
    mount.restUntil = performance.now() + RETRY_MS;
    report(`cannot statfs ${mount.path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
    return undefined;
  }
}
