import { completionCommands, type Program } from '@perfcollector/cli';
import manifest from '../package.json' with { type: 'json' };

export const program: Program = {
  name: 'pcd',
  version: manifest.version,
  summary: 'collects what pcc agents send, and keeps it',
  commands: [
    {
      name: 'serve',
      summary: 'Receive, store and give back collections until SIGTERM.',
      isDefault: true,
      load: async () => (await import('./commands/serve.ts')).serve,
    },
    ...completionCommands(() => program),
  ],
};
