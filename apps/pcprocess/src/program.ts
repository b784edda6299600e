import { completionCommands, type Program, versionOf } from '@perfcollector/cli';
import manifest from '../package.json' with { type: 'json' };

const loadConvert = async () => (await import('./commands/convert.ts')).convert;

export const program: Program = {
  name: 'pcprocess',
  version: versionOf(manifest),
  summary: 'turns collections into tables',
  commands: [
    {
      name: '',
      summary: 'Convert collections into tables, as `pcprocess convert` does.',
      isDefault: true,
      load: loadConvert,
    },
    { name: 'convert', summary: 'Convert collections into tables.', load: loadConvert },
    {
      name: 'inspect',
      summary: 'Tell what is in collections: machines, runs, samples, what is missing, sources, damage, sizes.',
      load: async () => (await import('./commands/inspect.ts')).inspect,
    },
    {
      name: 'summary',
      summary: 'Sum metrics up: percentiles, mean, deviation, and how each goes over the time.',
      load: async () => (await import('./commands/summary.ts')).summary,
    },
    {
      name: 'merge',
      summary: 'Put collections together into one, in the order of time, nothing twice.',
      load: async () => (await import('./commands/merge.ts')).merge,
    },
    {
      name: 'split',
      summary: 'Cut collections into parts by machine, run, day, hour or size.',
      load: async () => (await import('./commands/split.ts')).split,
    },
    {
      name: 'repair',
      summary: 'Write what can be read of a damaged collection, and say what cannot.',
      load: async () => (await import('./commands/repair.ts')).repair,
    },
    {
      name: 'upload',
      summary: 'Send collections to the portal, as it imports them.',
      load: async () => (await import('./commands/upload.ts')).upload,
    },
    ...completionCommands(() => program),
  ],
};
