import type { Program } from '@perfcollector/cli';
import manifest from '../package.json' with { type: 'json' };

export const program: Program = {
  name: 'pcctl',
  version: manifest.version,
  summary: 'administers a pcd',
  commands: [
    {
      name: 'ping',
      summary: 'Is the server there, and do the clocks agree?',
      load: async () => (await import('./commands/about.ts')).ping,
    },
    {
      name: 'version',
      summary: "The server's version.",
      load: async () => (await import('./commands/about.ts')).version,
    },
    {
      name: 'status',
      summary: 'How much the server keeps.',
      load: async () => (await import('./commands/about.ts')).status,
    },
    { name: 'keys list', summary: 'The managed keys.', load: async () => (await import('./commands/keys.ts')).list },
    {
      name: 'keys show',
      summary: 'What is known of one key.',
      load: async () => (await import('./commands/keys.ts')).show,
    },
    {
      name: 'keys create',
      summary: 'Make a key; it is shown once.',
      load: async () => (await import('./commands/keys.ts')).create,
    },
    { name: 'keys revoke', summary: 'End keys.', load: async () => (await import('./commands/keys.ts')).revoke },
    {
      name: 'keys rotate',
      summary: 'Give a key a new secret; the old one ends, at once or after a while.',
      load: async () => (await import('./commands/keys.ts')).rotate,
    },
    {
      name: 'audit',
      summary: 'What administrators did.',
      load: async () => (await import('./commands/audit.ts')).audit,
    },
    {
      name: 'machines list',
      summary: 'The machines that have sent something.',
      load: async () => (await import('./commands/machines.ts')).list,
    },
    {
      name: 'machines show',
      summary: 'What is known of one machine.',
      load: async () => (await import('./commands/machines.ts')).show,
    },
    {
      name: 'machines delete',
      summary: 'Delete a machine with all its samples.',
      load: async () => (await import('./commands/machines.ts')).remove,
    },
    {
      name: 'completeness',
      summary: 'Is anything of a machine missing?',
      load: async () => (await import('./commands/completeness.ts')).completeness,
    },
    {
      name: 'export',
      summary: "Get a machine's collection.",
      load: async () => (await import('./commands/export.ts')).exportCollection,
    },
    {
      name: 'upload',
      summary: 'Send collections to the server.',
      load: async () => (await import('./commands/upload.ts')).upload,
    },
  ],
};
