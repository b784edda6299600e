/** A Dockerfile taken apart, for its tests. */
export interface Instruction {
  readonly keyword: string;
  /** What stands behind it, lines joined. */
  readonly words: string;
}

export interface Stage {
  /** The image or stage that it is made of. */
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

export function allInstructions(text: string): Instruction[] {
  const lines = text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, ' ')
    .split('\n');
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, keyword = '', words = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      return { keyword: keyword.toUpperCase(), words: words.trim() };
    });
}

/** By the names that they have. */
export function stagesOf(text: string): ReadonlyMap<string, Stage> {
  const stages = new Map<string, { base: string; instructions: Instruction[] }>();
  let open: Instruction[] = [];
  for (const instruction of allInstructions(text)) {
    if (instruction.keyword !== 'FROM') {
      open.push(instruction);
      continue;
    }
    const [, base = '', name = ''] = /^(?:--\S+\s+)*(\S+)\s+AS\s+(\S+)$/i.exec(instruction.words) ?? [];
    open = [];
    stages.set(name, { base, instructions: open });
  }
  return stages;
}
