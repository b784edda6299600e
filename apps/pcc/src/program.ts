import { completionCommands, type Program, versionOf } from '@perfcollector/cli';
import manifest from '../package.json' with { type: 'json' };

export const program: Program = {
  name: 'pcc',
  version: versionOf(manifest),
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
      name: 'check',
      summary: 'Tell whether pcc can do its work here with these options, and what to do where it cannot.',
      load: async () => (await import('./commands/check.ts')).check,
    },
    {
      name: 'mark',
      summary: 'Put an event into the collection of the pcc that is running.',
      load: async () => (await import('./commands/mark.ts')).mark,
    },
    {
      name: 'status',
      summary: 'Tell how the pcc that is running does; fails where it takes no samples. For health checks.',
      load: async () => (await import('./commands/status.ts')).status,
    },
    {
      name: 'run',
      summary: 'Run a command, sample while it runs, and tell what it used.',
      load: async () => (await import('./commands/run.ts')).run,
    },
    {
      name: 'sources',
      summary: 'List what can be sampled on this host, or the fields of some sources.',
      load: async () => (await import('./commands/sources.ts')).listSources,
    },
    ...completionCommands(() => program),
  ],
};
