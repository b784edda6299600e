import type { Program } from '@perfcollector/cli';
import manifest from '../package.json' with { type: 'json' };

export const program: Program = {
  name: 'pcc',
  version: manifest.version,
  summary: 'samples this host into a collection, in a file or sent to a pcd',
  commands: [
    {
      name: 'collect',
      summary: 'Sample at an interval until the duration is over or SIGTERM comes; what pcc does without a command.',
      isDefault: true,
      load: async () => (await import('./commands/collect.ts')).collect,
    },
    {
      name: 'once',
      summary: 'Take one sample and print it.',
      load: async () => (await import('./commands/once.ts')).once,
    },
    {
      name: 'watch',
      summary: 'Show this host as it goes: CPUs, memory, disks, interfaces, file systems, processes.',
      load: async () => (await import('./commands/watch.ts')).watch,
    },
    {
      name: 'sources',
      summary: 'List what can be sampled on this host, or the fields of some sources.',
      load: async () => (await import('./commands/sources.ts')).listSources,
    },
  ],
};
