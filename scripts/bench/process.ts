/**
 * How fast pcprocess turns a collection into CSV, beside its peers: `npm run bench:process`.
 *     --only day,hour,help   some parts
 *     --quick                short collections: shows that it runs, not how fast
 * The collections stay in the temporary directory (bench-process), for the next run.
 */
import { parseArgs } from 'node:util';
import { measureDay } from './process/day.ts';
import { measureHelp } from './process/help.ts';
import { measureHour } from './process/hour.ts';
import { type Results, report } from './process/report.ts';
import { COMMON_OPTIONS, commandLine, runParts } from './run-parts.ts';

const { values } = parseArgs({ args: commandLine(), options: COMMON_OPTIONS });
const { only, output, quick: isQuick } = values;
const parts = { day: measureDay, hour: measureHour, help: measureHelp };
await runParts({ name: 'process', parts, report: (found) => report(found as Results) }, { only, output, isQuick });
