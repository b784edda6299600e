import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { PACKAGED, socketStateOf, text, UsageError, UserError } from '@perfcollector/cli';

export const controlOption = text({
  flag: '--control <path>',
  env: 'PCC_CONTROL',
  about: `The socket that pcc mark reaches a running pcc by; ~/.pcc/control.sock where it is not given, none for no socket. pcc mark and status look for ${PACKAGED.pccControl} too.`,
});

/**
 * Where a pcc listens: the socket that was asked for, else one's own, else that of the unit, where there is one.
 * @throws UsageError where none was asked for
 */
export async function answeredControl(wanted: string | undefined): Promise<string> {
  const path = controlPath(wanted);
  if (path === undefined)
    throw new UsageError('without a control socket no pcc is reached', 'Name it with --control or PCC_CONTROL.');
  if (wanted !== undefined) return path;
  const hasOther = existsSync(PACKAGED.pccControl);
  return hasOther && (await socketStateOf(path)) !== 'answered' ? PACKAGED.pccControl : path;
}

/** `sun_path` of man 7 unix has 108 bytes, the NUL behind the path included. */
const LONGEST_PATH = 107;

/**
 * Where the control socket is; undefined for none.
 * @throws UserError where no socket can have that path
 */
export function controlPath(wanted: string | undefined): string | undefined {
  if (wanted === 'none') return undefined;
  const path = resolve(wanted ?? join(homedir(), '.pcc', 'control.sock'));
  const length = Buffer.byteLength(path);
  if (length <= LONGEST_PATH) return path;
  throw new UserError(
    'PATH_TOO_LONG',
    `${path} cannot be a socket: it is ${length} bytes long; expected at most ${LONGEST_PATH}`,
    { hint: 'Name a shorter one with --control or PCC_CONTROL.' },
  );
}
