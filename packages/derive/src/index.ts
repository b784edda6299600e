export { type Column, wideColumns } from './columns.ts';
export { type CounterPair, counterDelta, deviceDeltas } from './counter.ts';
export { Derivation } from './derivation.ts';
export { type Cell, rowDeriver, type Step } from './derive-rows.ts';
export { type Interval, intervalBetween, intervalOf, type Moment, type RunFacts, tellsInterval } from './interval.ts';
export { codeOf, isNa, NA_REASONS, type Na, type NaReason, na, reasonOf } from './na.ts';
export { type Pair, type PairCounts, Pairing, type PairingRules, type Timed } from './pairing.ts';
export { factsOf, type RunSample, type StepCounts, Steps } from './steps.ts';
export { longRows, type TextRows, wideRows } from './text-rows.ts';
