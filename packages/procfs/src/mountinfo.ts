import { columnsOf } from './count.ts';
import { ParseError } from './errors.ts';

/** One line of mountinfo, as far as it is needed here. */
export interface Mount {
  readonly id: string;
  /** The mount that this one is mounted on; not listed where it is outside this process's root. */
  readonly parent: string;
  /** `major:minor` of the file system; the same for all bind mounts of it. */
  readonly device: string;
  /** Which directory of the file system is mounted: `/`, except for bind mounts and subvolumes. */
  readonly root: string;
  readonly mountPoint: string;
  readonly type: string;
  /** The file system's own options, the last column: `rw,memory` of a control group hierarchy. */
  readonly options: string;
}

/**
 * Reads /proc/<pid>/mountinfo. Optional fields stand between the mount options and a lone `-`; blanks, tabs, line
 * feeds, backslashes and `#` in names are printed as \040 \011 \012 \134 \043.
 * Documentation/filesystems/proc.rst, section 3.5.
 * @throws ParseError when a line is not what mountinfo prints
 */
export function parseMountinfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const columns = columnsOf(line);
    if (columns.length === 0) continue;
    const mount = mountOf(columns);
    if (!mount) {
      throw new ParseError('/proc/self/mountinfo', {
        line: index + 1,
        text: line,
        expected: '"36 35 98:0 /root /mount/point rw,noatime shared:1 - ext3 /dev/root rw"',
      });
    }
    mounts.push(mount);
  }
  return mounts;
}

function mountOf(columns: readonly string[]): Mount | undefined {
  const [id, parent, device, root, mountPoint] = columns;
  const dash = columns.indexOf('-', 6);
  const type = columns[dash + 1];
  if (id === undefined || parent === undefined || root === undefined || mountPoint === undefined) return undefined;
  if (!device?.includes(':') || dash < 0 || type === undefined) return undefined;
  const options = columns.slice(dash + 2).at(-1) ?? '';
  return { id, parent, device, root: unescapeOctal(root), mountPoint: unescapeOctal(mountPoint), type, options };
}

function unescapeOctal(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
