import { number } from './format.ts';

export interface Curve {
  name: string;
  /** In ascending order; numbers of the axis that the chart is given. */
  x: ArrayLike<number>;
  /** What is not finite is a gap. */
  y: ArrayLike<number>;
  /** Which colour and dashes; curves of one look in several charts belong together. Default: its place in the chart. */
  look?: number;
  /** Index of the value at which it stops being finite: a small cross says so. Default: nobody is told. */
  endsAt?: number | undefined;
  /** Behind the others, without key and value. */
  faint?: boolean;
}

export interface CurvesOptions {
  testid: string;
  /** What the values are: `Loss`. */
  label: string;
  curves: readonly Curve[];
  /** Where a number of the axis stands, 0..1 inside the chart. The paths are made anew when this is another function. */
  x(at: number): number;
  /** A number of the axis for people: `epoch 3`. */
  xText(at: number): string;
  /** The cursor; undefined: there is none. */
  at?: number | undefined;
  /** Numbers of the axis that can be picked, in order. Default: wherever a curve has a value. */
  stops?: readonly number[];
  /** Somebody clicked, dragged or pressed an arrow key. Default: only the readout follows. */
  onPick?(at: number): void;
  /** A pointer takes hold of the cursor, or lets it go. */
  onHold?(held: boolean): void;
  /** Places on the axis with a small mark. */
  marks?: readonly number[];
  /** Bounds that the values are known to have: `[0, 1]`. Default: those that occur. */
  range?: readonly [number, number] | undefined;
  scale?: 'linear' | 'log';
  valueText?(value: number): string;
  tickText?(value: number): string;
  /** CSS pixels. */
  height?: number;
  /** The ends of the axis are written below. */
  ends?: boolean;
}

/** Colours × dashes before looks repeat. */
const looks = 24;

/** Those with key and value, and their looks. */
export function toldOf(curves: readonly Curve[]): readonly { curve: Curve; look: number }[] {
  return curves.flatMap((curve, i) => (curve.faint ? [] : [{ curve, look: lookOf(curve, i) }]));
}

export function lookOf({ look }: Curve, place: number): number {
  return (look ?? place) % looks;
}

/**
 * Which value stands at `at`: that one or the last before it, which is what was known then, also one step beyond the curve's end. −1: none.
 */
export function indexAt(x: ArrayLike<number>, at: number): number {
  // Places that were worked out are off by rounding.
  const slack = 1e-9 * Math.max(1, Math.abs(at));
  let [from, to] = [0, x.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((x[middle] as number) <= at + slack) from = middle + 1;
    else to = middle;
  }
  const last = x.length - 1;
  if (from <= last) return from - 1;
  const step = last > 0 ? (x[last] as number) - (x[last - 1] as number) : 0;
  return at <= (x[last] as number) + step + slack ? last : -1;
}

export function valueAt({ x, y }: Curve, at: number, { valueText = number }: CurvesOptions): string {
  const value = y[indexAt(x, at)];
  if (value === undefined) return '–';
  return Number.isFinite(value) ? valueText(value) : String(value).replace('-', '−');
}
