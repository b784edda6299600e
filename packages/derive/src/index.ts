export { type Column, wideColumns } from './columns.ts';
export { type CounterPair, counterDelta, deviceDeltas } from './counter.ts';
export { type Cell, rowDeriver, type Step } from './derive-rows.ts';
export { type Interval, intervalBetween, type RunFacts } from './interval.ts';
export { isNa, type Na, type NaReason, na } from './na.ts';
export { type RunSample, type StepCounts, Steps } from './steps.ts';
export { longRows, type TextRows, wideRows } from './text-rows.ts';
