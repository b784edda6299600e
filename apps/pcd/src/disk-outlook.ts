import { statfs } from 'node:fs/promises';
import type { Home } from './home.ts';

interface Growth {
  /** What one costs on disk, on average of all that are stored. */
  readonly bytesPerSample: number;
  readonly samplesPerSecond: number;
}

/** Bytes that are free where the home is, and for how many days they last; null where nothing has come in yet. */
export async function diskOutlook(home: Home, { bytesPerSample, samplesPerSecond }: Growth) {
  const { bavail, bsize } = await statfs(home.path);
  const free = bavail * bsize;
  const days = free / (bytesPerSample * samplesPerSecond) / 86_400;
  return { free, days_left: Number.isFinite(days) ? days : null };
}
