import type { CommandEntry, Program } from '../program.ts';

/** The commands by which a program completes its own command lines in a shell. */
export function completionCommands(program: () => Program): CommandEntry[] {
  return [
    {
      name: 'completion',
      summary: 'Print what bash, zsh or fish needs to complete command lines.',
      load: async () => (await import('./commands.ts')).completionOf(program()),
    },
    {
      name: '__complete',
      summary: 'What may stand at the cursor, for the script of a shell.',
      isHidden: true,
      load: async () => (await import('./commands.ts')).candidatesOf(program()),
    },
  ];
}
