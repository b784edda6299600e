import { completionCommands, type Program } from '@perfcollector/cli';
import manifest from '../package.json' with { type: 'json' };

const loadConvert = async () => (await import('./commands/convert.ts')).convert;

export const program: Program = {
  name: 'pcprocess',
  version: manifest.version,
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
      name: 'upload',
      summary: 'Send collections to the portal, as it imports them.',
      load: async () => (await import('./commands/upload.ts')).upload,
    },
    ...completionCommands(() => program),
  ],
};
