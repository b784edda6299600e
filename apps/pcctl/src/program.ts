import { completionCommands, type Program } from '@perfcollector/cli';
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
      name: 'keys create',
      summary: 'Make a key; it is shown once.',
      load: async () => (await import('./commands/keys.ts')).create,
    },
    { name: 'keys revoke', summary: 'End a key.', load: async () => (await import('./commands/keys.ts')).revoke },
    {
      name: 'keys rotate',
      summary: 'Give a key a new secret; the old one ends.',
      load: async () => (await import('./commands/keys.ts')).rotate,
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
    {
      name: 'context add',
      summary: 'Give a server a name, and keep its address and key.',
      load: async () => (await import('./commands/context.ts')).add,
    },
    {
      name: 'context list',
      summary: 'The servers that have a name.',
      load: async () => (await import('./commands/context.ts')).list,
    },
    {
      name: 'context use',
      summary: 'Choose the server that is used where no other is named.',
      load: async () => (await import('./commands/context.ts')).use,
    },
    {
      name: 'context show',
      summary: 'What is kept of one server.',
      load: async () => (await import('./commands/context.ts')).show,
    },
    {
      name: 'context remove',
      summary: 'Forget a server and its key.',
      load: async () => (await import('./commands/context.ts')).remove,
    },
    ...completionCommands(() => program),
  ],
};
