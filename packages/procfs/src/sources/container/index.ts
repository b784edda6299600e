/**
 * Containers, and other control groups, from cgroup v2 (`cpu.stat`, `memory.current`, `io.stat`, `pids.current`, …), v1,
 * or both at once. Documentation/admin-guide/cgroup-v2.rst, Documentation/admin-guide/cgroup-v1/. perfcollector2 records
 * each container as one object:
 *
 *     container/docker/942b476921d8 {"container_id":"942b47…","cpu_usage_usec":2923730,"memory_current":58802176,…}
 *
 * Version 2 since 4.5; cpu.stat without a controller, cpu.max since 4.15; pressure since 4.20; memory.stat's kernel 5.18.
 */
import type { Source } from '../../types.ts';
import { containerFields, groupFields } from './fields.ts';
import { openContainers } from './open.ts';
import { isContainerSubsystem, parseContainer } from './parse.ts';
import { rebuildContainers } from './raw-text.ts';

export const containerSource: Source = {
  name: 'container',
  subsystem: 'container/*',
  isSubsystem: isContainerSubsystem,
  groups: [
    { group: 'container', device: 'between', fields: containerFields },
    { group: 'cgroup', device: 'between', fields: groupFields, isLast: true },
  ],
  parse: parseContainer,
  rebuild: rebuildContainers,
  open: openContainers,
};
