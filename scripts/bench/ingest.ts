/**
 * What it costs pcd to take in, keep and give back samples, beside its peers: `npm run bench:ingest`.
 *     --only throughput,disk,fleet,export,series   some parts
 *     --quick                                      less of everything: shows that it runs, not how fast
 *     --minutes=N                                  of the fleet's load
 *     --preloaded=N                                samples that each host of the fleet has sent in its hour before
 */
import { parseArgs } from 'node:util';
import { measureDisk } from './ingest/disk.ts';
import { measureExport } from './ingest/export.ts';
import { measureFleet } from './ingest/fleet-run.ts';
import { type Results, report } from './ingest/report.ts';
import { measureSeries } from './ingest/series.ts';
import { measureThroughput } from './ingest/throughput.ts';
import { COMMON_OPTIONS, commandLine, runParts } from './run-parts.ts';

const { values } = parseArgs({
  args: commandLine(),
  options: {
    ...COMMON_OPTIONS,
    minutes: { type: 'string' },
    preloaded: { type: 'string' },
  },
});
const { only, output, quick: isQuick, minutes, preloaded } = values;
const fleet = measureFleet({
  ...(minutes !== undefined && { minutes: Number(minutes) }),
  ...(preloaded !== undefined && { preloaded: Number(preloaded) }),
});
const parts = {
  throughput: measureThroughput,
  disk: measureDisk,
  fleet,
  export: measureExport,
  series: measureSeries,
};
await runParts({ name: 'ingest', parts, report: (found) => report(found as Results) }, { only, output, isQuick });
