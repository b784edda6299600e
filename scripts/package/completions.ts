import { SHELLS, type Shell, scriptFor } from '@perfcollector/cli/completion';
import type { ProgramName } from '../declared-options.ts';

/** A file of a package. */
export interface InstalledFile {
  /** From the root: `/usr/share/…`. */
  readonly path: string;
  readonly text: string;
}

/** Where Debian's shells look for a command's completion when it is first asked for; RPM's zsh has `site-functions`. */
const PLACES: Readonly<Record<Shell, (program: string) => string>> = {
  bash: (program) => `/usr/share/bash-completion/completions/${program}`,
  zsh: (program) => `/usr/share/zsh/vendor-completions/_${program}`,
  fish: (program) => `/usr/share/fish/vendor_completions.d/${program}.fish`,
};

/** What makes bash, zsh and fish complete the command lines of a program that is installed. */
export function completionFiles(program: ProgramName): InstalledFile[] {
  return SHELLS.map((shell) => ({ path: PLACES[shell](program), text: scriptFor(shell, program) }));
}
