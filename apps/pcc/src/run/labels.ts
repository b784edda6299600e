import { option } from '@perfcollector/cli';

type Labels = Readonly<Record<string, string>>;

export const labelOption = option({
  flag: '--label <list>',
  env: 'PCC_LABEL',
  fallback: '',
  isList: true,
  about: 'More labels for the header of the run, name=value, separated by commas.',
  parse: parseLabels,
});

function parseLabels(list: string): Labels {
  const items = list.split(',').filter((item) => item.trim() !== '');
  return Object.fromEntries(items.map(parseLabel));
}

function parseLabel(item: string): [string, string] {
  const [, name = '', value = ''] = /^\s*([^=]*?)\s*=(.*)$/s.exec(item) ?? [];
  if (/^[A-Za-z_][\w.-]*$/.test(name) && name !== 'command') return [name, value];
  if (name === 'command') throw new Error('the label "command" is the command line itself; choose another name');
  throw new Error(`${JSON.stringify(item)} is no label; expected one such as ticket=42`);
}
