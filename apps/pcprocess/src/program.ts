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
    ...completionCommands(() => program),
  ],
};
