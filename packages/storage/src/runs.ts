export { AGENT_COUNTS, type RunCompleteness, runCompleteness } from './completeness.ts';
export type { SeqRange } from './seq-range.ts';
