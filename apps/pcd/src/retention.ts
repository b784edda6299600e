import { duration, size, type Values } from '@perfcollector/cli';
import type { Retention } from '@perfcollector/storage';

/** How long what is kept. */
export const retentionOptions = {
  retention: duration({
    flag: '--retention <duration>',
    env: 'PCD_RETENTION',
    fallback: 'infinity',
    least: '1h',
    about: 'How long samples are kept: 30d.',
  }),
  retentionMinutes: duration({
    flag: '--retention-rollup-1m <duration>',
    env: 'PCD_RETENTION_ROLLUP_1M',
    fallback: 'infinity',
    least: '1d',
    about: 'How long the roll-ups by minute are kept: 90d. They serve charts of what has no samples any more.',
  }),
  retentionFiveMinutes: duration({
    flag: '--retention-rollup-5m <duration>',
    env: 'PCD_RETENTION_ROLLUP_5M',
    fallback: 'infinity',
    least: '1d',
    about: 'How long the roll-ups by five minutes are kept: 365d.',
  }),
  retentionHours: duration({
    flag: '--retention-rollup-1h <duration>',
    env: 'PCD_RETENTION_ROLLUP_1H',
    fallback: 'infinity',
    least: '1d',
    about: 'How long the roll-ups by hour are kept: 1825d.',
  }),
  retentionSize: size({
    flag: '--retention-size <size>',
    env: 'PCD_RETENTION_SIZE',
    least: '16MiB',
    about:
      'How large the store may grow; beyond it the oldest samples go first, their roll-ups stay. No limit where it is not given.',
  }),
};

export function retentionOf(values: Values<typeof retentionOptions>): Retention {
  return {
    raw: seconds(values.retention),
    rollups: {
      '1m': seconds(values.retentionMinutes),
      '5m': seconds(values.retentionFiveMinutes),
      '1h': seconds(values.retentionHours),
    },
    bytes: values.retentionSize,
  };
}

function seconds(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms / 1000 : undefined;
}
