import { statfs } from 'node:fs/promises';
import type { Home } from './home.ts';

/** Bytes that this process may still write where the home is. */
export async function readFree({ path }: Home): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

interface Growth {
  /** What one costs on disk, on average of all that are stored. */
  readonly bytesPerSample: number;
  readonly samplesPerSecond: number;
}

/** For how many days free bytes last; null where nothing has come in yet. */
export function daysLeft(free: number, { bytesPerSample, samplesPerSecond }: Growth): number | null {
  const days = free / (bytesPerSample * samplesPerSecond) / 86_400;
  return Number.isFinite(days) ? days : null;
}
