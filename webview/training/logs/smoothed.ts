import type { Curve } from '../../draw/curves.ts';

/** Curves of fewer points need no smoothing. */
const few = 200;
/** Over so much of a curve's points it forgets to 1/e. */
const memory = 0.02;

const known = new WeakMap<ArrayLike<number>, Float64Array>();

export function isDense(curves: readonly Curve[]): boolean {
  return curves.some(({ y }) => y.length >= few);
}

/** Dense curves faint, and over them their running means: exponential, without the pull towards the first values (Kingma & Ba 2015). */
export function smoothed(curves: readonly Curve[]): readonly Curve[] {
  const dense = curves.filter(({ y }) => y.length >= few);
  const rest = curves.filter(({ y }) => y.length < few);
  return [
    ...dense.map((curve) => ({ ...curve, faint: true })),
    ...dense.map((curve) => ({ ...curve, name: `${curve.name}, smoothed`, y: runningMean(curve.y) })),
    ...rest,
  ];
}

/** What is not finite stays, and changes nothing. */
function runningMean(y: ArrayLike<number>): Float64Array {
  const before = known.get(y);
  if (before) return before;
  const keep = Math.exp(-1 / (memory * y.length));
  let [mean, weight] = [0, 0];
  const out = Float64Array.from(y, (value) => {
    if (!Number.isFinite(value)) return value;
    mean = keep * mean + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return mean / weight;
  });
  known.set(y, out);
  return out;
}
