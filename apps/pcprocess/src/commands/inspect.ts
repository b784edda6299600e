import { tmpdir } from 'node:os';
import { command } from '@perfcollector/cli';
import { withInputs } from '../input/gather.ts';
import { inputArgument, inputOptions, selectionOf } from '../input/options.ts';
import { readProgress } from '../input/read-progress.ts';
import { describeInput } from '../inspect/describe.ts';
import { type Inspected, inspectInput } from '../inspect/inspect-input.ts';
import { interruptible } from '../output/write-collection.ts';

interface Inspection {
  readonly inputs: readonly Inspected[];
  /** What could not be read at all. Damage is what was asked for, and no problem of the asking. */
  readonly problems: readonly string[];
}

/** Tells what is in collections, and what is wrong with them, in one reading and constant memory. */
export const inspect = command({
  args: [inputArgument],
  options: inputOptions,
  run: (values, { io, args }): Promise<Inspection> =>
    interruptible(io, 'not everything was read', () =>
      withInputs({ args, values, io, spillTo: tmpdir() }, async ({ inputs, problems }) => {
        const progress = readProgress(io, inputs);
        const selection = selectionOf(values);
        try {
          const inspected: Inspected[] = [];
          for (const input of inputs) inspected.push(await inspectInput(input, { selection, progress }));
          return { inputs: inspected, problems };
        } finally {
          progress.close();
        }
      }),
    ),
  print: ({ inputs }) => inputs.map(describeInput).join('\n'),
  problems: ({ problems }) => problems,
});
