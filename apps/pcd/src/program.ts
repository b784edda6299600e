import { completionCommands, type Program, versionOf } from '@perfcollector/cli';
import manifest from '../package.json' with { type: 'json' };

export const program: Program = {
  name: 'pcd',
  version: versionOf(manifest),
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
