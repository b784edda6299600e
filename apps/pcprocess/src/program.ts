import { completionCommands, type Program } from '@perfcollector/cli';
import manifest from '../package.json' with { type: 'json' };

export const program: Program = {
  name: 'pcprocess',
  version: manifest.version,
  summary: 'turns collections into CSV',
  commands: [
    {
      name: '',
      summary: 'Convert collections into one CSV a machine.',
      isDefault: true,
      load: async () => (await import('./commands/convert.ts')).convert,
    },
    {
      name: 'upload',
      summary: 'Send collections to the portal, as it imports them.',
      load: async () => (await import('./commands/upload.ts')).upload,
    },
    ...completionCommands(() => program),
  ],
};
