/** Where a quantile stands among values in order: between two of them, so far from the first to the second. */
export interface QuantilePlace {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/** R's type 7, its default, and that of NumPy and spreadsheets. @param count at least 1 */
export function quantilePlace(count: number, probability: number): QuantilePlace {
  const at = (count - 1) * probability;
  const low = Math.floor(at);
  return { low, high: Math.min(low + 1, count - 1), share: at - low };
}

export function between(low: number, high: number, share: number): number {
  return share === 0 || low === high ? low : (1 - share) * low + share * high;
}

/** @param sorted not empty */
export function quantileOf(sorted: Float64Array, probability: number): number {
  const { low, high, share } = quantilePlace(sorted.length, probability);
  return between(sorted[low] as number, sorted[high] as number, share);
}
