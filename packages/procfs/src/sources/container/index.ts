/**
 * Containers as perfcollector2 records them from cgroup v2 (`cpu.stat`, `memory.current`, `io.stat`, `pids.current`).
 * Documentation/admin-guide/cgroup-v2.rst.
 *
 *     container/docker/942b476921d8 {"container_id":"942b47…","cpu_usage_usec":2923730,"memory_current":58802176,…}
 */
import type { Source } from '../../types.ts';
import { containerFields } from './fields.ts';
import { isContainerSubsystem, parseContainer } from './parse.ts';

export const containerSource: Source = {
  name: 'container',
  subsystem: 'container/*',
  isSubsystem: isContainerSubsystem,
  groups: [{ group: 'container', device: 'between', fields: containerFields }],
  parse: parseContainer,
};
