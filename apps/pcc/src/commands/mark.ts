import { command, UsageError } from '@perfcollector/cli';
import { sendMark } from '../control/ask.ts';
import { answeredControl, controlOption } from '../control/control-path.ts';
import type { Marked } from '../control/control-server.ts';
import { markProblem } from '../control/mark-text.ts';

/** Puts an event into the collection of the pcc that is running. */
export const mark = command({
  args: [{ name: '<text>', about: 'What happened, one line of at most 4 KiB: "deploy 42".' }],
  options: { control: controlOption },
  async run(options, { args: [text = ''] }): Promise<Marked> {
    const problem = markProblem(text);
    if (problem !== undefined) throw new UsageError(problem);
    return sendMark(await answeredControl(options.control), text);
  },
  print({ run, identifier, timestamp, collection, server }) {
    const at = new Date(timestamp * 1000).toISOString();
    return `marked in run ${run} of ${identifier} at ${at}, in ${collection ?? server ?? 'its collection'}\n`;
  },
});
