import type { LogSeries } from '../../../shared/trainingProtocol.ts';

export interface CurvePoint {
  x: number;
  y: number;
  /** ms since 1970. */
  time?: number | undefined;
  step?: number | undefined;
}

/** Points of a curve that the page gets: more than any screen has columns, see `thinned`. */
const mostPoints = 10_000;

/**
 * Collects a curve in order of x. Where x goes back, a run was started again from there: what was written of that place and later ones is
 * void.
 */
export class CurveBuilder {
  readonly #points: CurvePoint[] = [];
  #restarts = 0;

  /** How often x went back by more than to the same place. */
  get restarts(): number {
    return this.#restarts;
  }

  add(point: CurvePoint): void {
    this.#voidFrom(keyOf(point));
    this.#points.push(point);
  }

  /** What was written of `x` and later ones is void. */
  restartAt(x: number): void {
    this.#voidFrom(x);
  }

  /** Undefined: there is nothing to draw. */
  series(name: string): LogSeries | undefined {
    const points = thinned(this.#points, mostPoints);
    if (points.length === 0) return undefined;
    const column = (of: (point: CurvePoint) => number | undefined) => Float64Array.from(points, (point) => of(point) ?? Number.NaN);
    const has = (of: (point: CurvePoint) => number | undefined) => points.every((point) => of(point) !== undefined);
    return {
      name,
      x: column(({ x }) => x),
      y: column(({ y }) => y),
      time: has(({ time }) => time) ? column(({ time }) => time) : undefined,
      ...(has(({ step }) => step) && { step: column(({ step }) => step) }),
    };
  }

  #voidFrom(key: number): void {
    const points = this.#points;
    const before = points.length;
    const last = points.at(-1);
    if (last && keyOf(last) > key) this.#restarts++;
    let kept = before;
    while (kept > 0 && keyOf(points[kept - 1] as CurvePoint) >= key) kept--;
    points.length = kept;
  }
}

/** Several values of an epoch are told apart by their step. */
function keyOf({ x, step }: CurvePoint): number {
  return step ?? x;
}

/** Of each of `most / 4` stretches the first, the last, the lowest and the highest; what is not finite stays. */
function thinned(points: readonly CurvePoint[], most: number): readonly CurvePoint[] {
  if (points.length <= most) return points;
  const out: CurvePoint[] = [];
  const stretches = most / 4;
  for (let i = 0; i < stretches; i++) {
    const from = Math.floor((i * points.length) / stretches);
    const to = Math.floor(((i + 1) * points.length) / stretches);
    let [low, high] = [from, from];
    const kept = new Set([from, to - 1]);
    for (let at = from; at < to; at++) {
      const { y } = points[at] as CurvePoint;
      if (!Number.isFinite(y)) kept.add(at);
      // Comparisons with NaN are false: the negated ones leave it behind.
      if (!((points[low] as CurvePoint).y <= y)) low = at;
      if (!((points[high] as CurvePoint).y >= y)) high = at;
    }
    for (const at of [...kept.add(low).add(high)].sort((a, b) => a - b)) out.push(points[at] as CurvePoint);
  }
  return out;
}
