import { completionCommands, type Program, versionOf } from '@perfcollector/cli';
import manifest from '../package.json' with { type: 'json' };

export const program: Program = {
  name: 'pcctl',
  version: versionOf(manifest),
  summary: 'administers a pcd',
  commands: [
    {
      name: 'ping',
      summary: 'Is the server there, and do the clocks agree?',
      load: async () => (await import('./commands/ping.ts')).ping,
    },
    {
      name: 'health',
      summary: 'Can the server store and read samples? For health checks, without a key.',
      load: async () => (await import('./commands/about.ts')).health,
    },
    {
      name: 'version',
      summary: "The server's version.",
      load: async () => (await import('./commands/about.ts')).version,
    },
    {
      name: 'status',
      summary: 'How much the server keeps, how fast it grows, how its machines stand.',
      load: async () => (await import('./commands/status.ts')).status,
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
      name: 'gaps',
      summary: 'When does a machine have no samples?',
      load: async () => (await import('./commands/gaps.ts')).gaps,
    },
    {
      name: 'series',
      summary: "How a machine's fields went over time, as a chart, a table or CSV.",
      load: async () => (await import('./commands/series.ts')).series,
    },
    {
      name: 'top',
      summary: 'The machines as they go: how busy each is, and when it was last heard of.',
      load: async () => (await import('./commands/top.ts')).top,
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
      name: 'prune',
      summary: 'Delete what is older than it shall be kept.',
      load: async () => (await import('./commands/maintenance.ts')).prune,
    },
    {
      name: 'backup',
      summary: 'Copy the whole store, of a server or of a home.',
      load: async () => (await import('./commands/maintenance.ts')).backup,
    },
    {
      name: 'verify',
      summary: 'Read the whole store, of a server or of a home, and tell what is wrong with it.',
      load: async () => (await import('./commands/maintenance.ts')).verify,
    },
    {
      name: 'vacuum',
      summary: 'Give the space of what was deleted back to the file system.',
      load: async () => (await import('./commands/maintenance.ts')).vacuum,
    },
    {
      name: 'openapi',
      summary: "The description of the server's requests, for programs.",
      load: async () => (await import('./commands/about.ts')).openapi,
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
