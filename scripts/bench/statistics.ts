/** The middle value; of an even number, the higher of the two. NaN of none. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** The value that a share of them (0.99: all but one in a hundred) does not exceed. NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** How much y grows while x grows by one: the line of least squares. */
export function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (pick: 'x' | 'y') => points.reduce((sum, point) => sum + point[pick], 0) / points.length;
  const [mx, my] = [mean('x'), mean('y')];
  const shared = points.reduce((sum, { x, y }) => sum + (x - mx) * (y - my), 0);
  return shared / points.reduce((sum, { x }) => sum + (x - mx) ** 2, 0);
}
