export interface Point {
  x: number
  y: number
}

/** By least squares: how much y grows with one of x. */
export function slopeOf(points: readonly Point[]): number {
  const meanX = meanOf(points.map(({ x }) => x))
  const meanY = meanOf(points.map(({ y }) => y))
  const covariance = meanOf(points.map(({ x, y }) => (x - meanX) * (y - meanY)))
  const variance = meanOf(points.map(({ x }) => (x - meanX) ** 2))
  return covariance / variance
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
