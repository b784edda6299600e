import { type Io, UserError } from '@perfcollector/cli';
import type { Input } from '../input/input.ts';
import { CollectionWriter, STDOUT } from './collection-writer.ts';
import { refuseInputs } from './options.ts';

interface Writing {
  readonly inputs: readonly Input[];
  readonly io: Io;
}

/** Writes one collection; where `use` or the disk fails, there is none. */
export async function writeCollection<R>(
  output: string,
  { inputs, io }: Writing,
  use: (writer: CollectionWriter) => Promise<R>,
): Promise<R> {
  refuseInputs(output, inputs);
  const writer = await CollectionWriter.open(output, io.stdout);
  try {
    const result = await use(writer);
    await writer.finish();
    return result;
  } finally {
    await writer.discard();
  }
}

/** Ctrl-C is told in a sentence, whatever was under way. @param left what there is of the work: `nothing was written` */
export async function interruptible<R>({ signal }: Io, left: string, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    throw signal.aborted ? new UserError('INTERRUPTED', `interrupted: ${left}`) : error;
  }
}

/** What a command says of its work: on standard output, unless the collection goes there. */
export function reportOf(output: string, { io, isJson }: { io: Io; isJson: boolean }, text: string): string {
  if (output !== STDOUT) return text;
  if (!isJson) io.stderr.write(text);
  return '';
}
