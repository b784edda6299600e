import { option, toggle, UsageError, type Values } from '@perfcollector/cli';
import { NOISE, type Noise, type SamplingSettings, type Source, sources } from '@perfcollector/procfs';
import { rootOption } from './host.ts';

/** The options of every command that reads a host's numbers. */
export const samplingOptions = {
  root: rootOption,
  sources: option({
    flag: '--sources <list>',
    env: 'PCC_SOURCES',
    about: 'What to sample: "+interrupts,-vmstat" changes the default, "stat,meminfo" names all; see pcc sources.',
    parse: parseSources,
  }),
  include: option({
    flag: '--include <list>',
    env: 'PCC_INCLUDE',
    fallback: '',
    about: `Bring back what is left out as noise: ${NOISE.join(', ')}, or all.`,
    parse: parseInclude,
  }),
  cgroups: toggle({
    flag: '--cgroups',
    env: 'PCC_CGROUPS',
    about: 'Sample systemd slices and services as containers are.',
  }),
  top: option({
    flag: '--top <count>',
    env: 'PCC_TOP',
    fallback: '0',
    about: 'Sample so many processes that use the most CPU time, and as many with the most memory.',
    parse: parseTop,
  }),
  cmdline: toggle({
    flag: '--cmdline',
    env: 'PCC_CMDLINE',
    about: 'Record whole command lines of those processes; they may hold secrets.',
  }),
};

type SamplingValues = Values<typeof samplingOptions>;

export function settingsOf({ include, cgroups, top, cmdline }: SamplingValues): SamplingSettings {
  return { include, cgroups, top, cmdline };
}

/** The sources that a person chose, in the catalogue's order. */
export function chosenSources({ sources: choice, top }: Pick<SamplingValues, 'sources' | 'top'>): readonly Source[] {
  const isByName = choice?.get('') === false;
  const isDefault = ({ name, isOptional }: Source) => !isByName && (!isOptional || (name === 'processes' && top > 0));
  return liveSources().filter((source) => choice?.get(source.name) ?? isDefault(source));
}

export function liveSources(): readonly Source[] {
  return sources.filter((source) => source.open);
}

/** What is to be told of a source that is there and has no field. */
export function whyEmpty({ groups }: Source): string {
  return groups.length > 0 ? 'there is nothing of it here' : 'gives facts for the header, and raw lines';
}

/** @throws UsageError where there is none of that name */
export function namedSource(name: string): Source {
  const source = liveSources().find((one) => one.name === name);
  if (source) return source;
  throw new UsageError(`there is no source ${JSON.stringify(name)}`, 'See pcc sources.');
}

/** Wanted or not by name; the name '' stands for all those that are not named. */
function parseSources(list: string): ReadonlyMap<string, boolean> {
  const choice = new Map<string, boolean>();
  const known = liveSources().map(({ name }) => name);
  for (const item of words(list)) {
    const name = item.replace(/^[+-]/, '');
    if (!known.includes(name))
      throw new Error(`there is no source ${JSON.stringify(name)}; expected ${known.join(' ')}`);
    choice.set(name, !item.startsWith('-'));
    if (name === item) choice.set('', false);
  }
  return choice;
}

function parseInclude(list: string): ReadonlySet<Noise> {
  const named = words(list).flatMap((word): readonly Noise[] => {
    if (word === 'all') return NOISE;
    const kind = NOISE.find((one) => one === word);
    if (kind === undefined)
      throw new Error(`${JSON.stringify(word)} is not known; expected ${NOISE.join(', ')} or all`);
    return [kind];
  });
  return new Set(named);
}

function parseTop(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new Error(`${JSON.stringify(text)} is no number of processes; expected 0 to 999`);
}

function words(list: string): string[] {
  return list.split(/[\s,]+/).filter((word) => word !== '');
}
