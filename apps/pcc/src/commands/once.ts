import { command, createLog, formatTable } from '@perfcollector/cli';
import type { Sample } from '@perfcollector/collection';
import { describeField, readMachineId } from '@perfcollector/procfs';
import { hostAt, rootOption } from '../host.ts';
import { openSampler } from '../sampler.ts';

/** Takes one sample. */
export const once = command({
  options: { root: rootOption },
  async run({ root }, { io }): Promise<Sample> {
    const host = hostAt(root);
    const sampler = openSampler(host, createLog('pcc', 'warn', io.stderr));
    const id = readMachineId(host);
    const timestamp = Date.now() / 1000;
    return { timestamp, tags: id === undefined ? {} : { machine_id: id }, fields: await sampler.sample() };
  },
  print({ fields }) {
    const rows = Object.entries(fields).map(([name, value]) => [name, value, describeField(name)?.spec.unit ?? '']);
    return formatTable([['FIELD', 'VALUE', 'UNIT'], ...rows]);
  },
});
