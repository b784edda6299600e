import { FieldCollector } from '../../scan/field-sink.ts';
import type { Fields, HostReader, OpenSource, RawText, SamplingSettings } from '../../types.ts';
import type { ControlGroup } from './control-group.ts';
import { ControlGroups } from './control-groups.ts';
import { rawFields } from './fields.ts';

/** Prepares reading the host's containers, and with `cgroups` its slices and services. */
export function openContainers(host: HostReader, settings: SamplingSettings): OpenSource {
  const groups = new ControlGroups(host, settings.cgroups);
  return {
    sample(sink, report) {
      for (const group of groups.current()) if (!group.isStale) group.sample(sink, report);
    },
    rawTexts() {
      const containers = [...groups.current()].filter(({ name, isStale }) => name.group === 'container' && !isStale);
      return containers.map(rawText);
    },
    close: () => groups.close(),
  };
}

/** perfcollector2's object of a container: the members that it knows, sorted, and an empty name for an unknown one. */
function rawText(group: ControlGroup): RawText {
  const { device, runtime } = group.name;
  const collector = new FieldCollector();
  group.sample(collector, () => {});
  const { fields } = collector;
  const value = (stat: string): Fields[string] | undefined => fields[`container_${device}_${stat}`];
  const members = rawFields.map(
    ({ kernel, stat }) => [kernel, value(stat) ?? (stat === 'name' ? '' : undefined)] as const,
  );
  const sorted = members.filter(([, member]) => member !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    subsystem: `container/${value('runtime') ?? runtime ?? 'unknown'}/${device}`,
    text: JSON.stringify(Object.fromEntries(sorted)),
  };
}
