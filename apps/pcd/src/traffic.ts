import type { ErrorCode } from '@perfcollector/api';

/** How far back "now" reaches when rates are told, in seconds. */
const WINDOW = 60;

/** What was stored of one request, and what of it was there already. */
interface Received {
  readonly samples: number;
  readonly values: number;
  readonly duplicates: number;
}

/** What has come in since this pcd was started. */
export interface Traffic {
  add(received: Received): void;
  readonly total: Received;
  /** A line was not taken. */
  reject(code: ErrorCode): void;
  readonly rejected: ReadonlyMap<ErrorCode, number>;
  /** A second, over the last minute; over the time since the start where that is shorter. */
  rates(): { readonly samples: number; readonly values: number };
}

/** @param now seconds, from any beginning, by a clock that nobody sets */
export function openTraffic(now: () => number): Traffic {
  const started = now();
  const total = { samples: 0, values: 0, duplicates: 0 };
  const seconds = Array.from({ length: WINDOW }, () => ({ second: -1, samples: 0, values: 0 }));
  const rejected = new Map<ErrorCode, number>();
  return {
    total,
    rejected,
    reject: (code) => void rejected.set(code, (rejected.get(code) ?? 0) + 1),
    add({ samples, values, duplicates }) {
      total.samples += samples;
      total.values += values;
      total.duplicates += duplicates;
      const second = Math.floor(now());
      const slot = seconds[second % WINDOW];
      if (!slot) return;
      if (slot.second !== second) Object.assign(slot, { second, samples: 0, values: 0 });
      slot.samples += samples;
      slot.values += values;
    },
    rates() {
      const last = Math.floor(now());
      const recent = seconds.filter(({ second }) => second > last - WINDOW && second <= last);
      const length = Math.min(WINDOW, Math.max(1, now() - started));
      const rate = (of: 'samples' | 'values') => recent.reduce((sum, slot) => sum + slot[of], 0) / length;
      return { samples: rate('samples'), values: rate('values') };
    },
  };
}
