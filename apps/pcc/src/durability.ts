import { choice } from '@perfcollector/cli';

/** When what was written is also made to survive a power cut (fdatasync). */
const FSYNC = ['always', 'interval', 'never'] as const;
export type Fsync = (typeof FSYNC)[number];

export const fsyncOption = choice({
  flag: '--fsync <when>',
  env: 'PCC_FSYNC',
  fallback: 'interval',
  choices: FSYNC,
  about:
    'When to have the disk keep what was written through a power cut: with every sample (always), once a second at most (interval), or when the kernel does (never). A crash of pcc alone loses nothing either way.',
});
