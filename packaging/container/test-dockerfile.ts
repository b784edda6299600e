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

/** The last one of its kind that holds for a stage: its own, or that of the stage that it is made of. */
export function effective(stages: ReadonlyMap<string, Stage>, stage: string, keyword: string): string | undefined {
  const { base, instructions = [] } = stages.get(stage) ?? {};
  const last = instructions.findLast((instruction) => instruction.keyword === keyword)?.words;
  return last ?? (base === undefined ? undefined : effective(stages, base, keyword));
}

/** What a stage sets for its program. */
export function variablesOf(stages: ReadonlyMap<string, Stage>, stage: string): Record<string, string> {
  const { base, instructions } = stages.get(stage) ?? {};
  if (base === undefined || instructions === undefined) return {};
  const own = instructions.filter(({ keyword }) => keyword === 'ENV').flatMap(({ words }) => words.split(/\s+/));
  const pairs = own.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
  return { ...variablesOf(stages, base), ...Object.fromEntries(pairs) };
}

/** The command that a health check runs. */
export function healthCommand(stages: ReadonlyMap<string, Stage>, stage: string): string[] {
  return JSON.parse(/CMD (\[.*\])$/.exec(effective(stages, stage, 'HEALTHCHECK') ?? '')?.[1] ?? '[]');
}
