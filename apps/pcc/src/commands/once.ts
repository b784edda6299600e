import { command, createLog, formatTable } from '@perfcollector/cli';
import { type Sample, SampleLine } from '@perfcollector/collection';
import { describeField, readMachineId } from '@perfcollector/procfs';
import { parseSample } from '../agent/parse-sample.ts';
import { Sampler } from '../agent/sampler.ts';
import { hostAt } from '../host.ts';
import { chosenSources, samplingOptions, settingsOf } from '../sampling.ts';

/** Takes one sample. */
export const once = command({
  options: samplingOptions,
  async run(options, { io }): Promise<Sample> {
    const host = hostAt(options.root);
    const log = createLog('pcc', 'warn', io.stderr);
    const sampler = new Sampler({ host, sources: chosenSources(options), settings: settingsOf(options), log });
    const id = readMachineId(host);
    const line = new SampleLine();
    const timestamp = Date.now() / 1000;
    line.begin({ timestamp, run: '', seq: 1, machineId: id ?? '' });
    await sampler.sampleInto(line);
    sampler.close();
    const { fields } = parseSample(line.finish());
    return { timestamp, tags: id === undefined ? {} : { machine_id: id }, fields };
  },
  print({ fields }) {
    const rows = Object.entries(fields).map(([name, value]) => [name, value, describeField(name)?.spec.unit ?? '']);
    return formatTable([['FIELD', 'VALUE', 'UNIT'], ...rows]);
  },
});
