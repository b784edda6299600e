import { FieldCollector } from '../../scan/field-sink.ts';
import type { Fields, HostReader, OpenSource, RawText, SamplingSettings } from '../../types.ts';
import type { ControlGroup } from './control-group.ts';
import { ControlGroups } from './control-groups.ts';
import { containerText } from './raw-text.ts';

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

function rawText(group: ControlGroup): RawText {
  const { device, runtime } = group.name;
  const collector = new FieldCollector();
  group.sample(collector, () => {});
  const { fields } = collector;
  const value = (stat: string): Fields[string] | undefined => fields[`container_${device}_${stat}`];
  return containerText(device, String(value('runtime') ?? runtime ?? 'unknown'), value);
}
