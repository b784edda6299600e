import { FieldKey } from '../../scan/field-key.ts';
import { FieldCollector, type FieldSink } from '../../scan/field-sink.ts';
import { fsFields } from './fields.ts';

type Count = number | bigint | string;

/** What statfs says of a file system: numbers, or exact digits. Node has `frsize` since 26. */
export interface FsCounts {
  readonly frsize?: Count;
  readonly bsize: Count;
  readonly blocks: Count;
  readonly bfree: Count;
  readonly bavail: Count;
  readonly files: Count;
  readonly ffree: Count;
}

/** A file system without blocks has nothing that could run out. */
export function hasStorage({ blocks }: FsCounts): boolean {
  return Number(blocks) > 0;
}

/** Puts the fields of one file system into a sink. @param keys in the order of `fsFields` */
export function putCounts(sink: FieldSink, keys: readonly FieldKey[], counts: FsCounts): void {
  put(sink, keys[0], isSaid(counts.frsize) ? counts.frsize : counts.bsize);
  put(sink, keys[1], counts.blocks);
  put(sink, keys[2], counts.bfree);
  put(sink, keys[3], counts.bavail);
  // vfat, btrfs and others have no number of inodes that could run out and say 0.
  if (!isSaid(counts.files)) return;
  put(sink, keys[4], counts.files);
  put(sink, keys[5], counts.ffree);
}

function put(sink: FieldSink, key: FieldKey | undefined, count: Count): void {
  if (key) sink.number(key, typeof count === 'string' ? BigInt(count) : count);
}

function isSaid(count: Count | undefined): count is Count {
  return count !== undefined && Number(count) !== 0;
}

const rawKeys = fsFields.map(({ stat }) => new FieldKey(stat));

/** perfcollector2's line, with the inodes added. Counts above 2^53 are strings, so that none is rounded. */
export function encodeCounts(mountPoint: string, counts: FsCounts): string {
  const members = new FieldCollector();
  putCounts(members, rawKeys, counts);
  return JSON.stringify({ mount_point: mountPoint, ...members.fields });
}
