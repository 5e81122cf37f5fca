import { type Curve, type CurvesOptions, lookOf, toldOf } from './curve.ts';
import { type CurvePath, curvePath } from './curvePath.ts';
import { number } from './format.ts';
import { linearTicks, logTicks, type Ticks } from './ticks.ts';

/** Of the drawing, in its own units; a unit of its height is a CSS pixel. */
export const width = 1000;
export const defaultHeight = 96;
const room = 5;

/** Where a curve stops being finite. */
export interface Cross {
  /** Of the width. */
  share: number;
  /** CSS pixels. */
  top: number;
  look: number;
  text: string;
}

/** What of a chart is the same wherever its cursor stands. */
export class Drawing {
  readonly #of: CurvesOptions;
  readonly ticks: Ticks;
  readonly paths: readonly (CurvePath & { look: number; faint: boolean })[];
  readonly crosses: readonly Cross[];
  /** Wherever a curve has a value, in order. */
  readonly places: readonly number[];
  readonly sentence: string;
  readonly #low: number;
  readonly #high: number;
  readonly #toScale: (value: number) => number;

  constructor(options: CurvesOptions) {
    this.#of = options;
    const { curves, scale = 'linear', height = defaultHeight, range, label, xText } = options;
    const isLog = scale === 'log';
    this.#toScale = isLog ? Math.log10 : (value) => value;
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { y } of curves) {
      for (let i = 0; i < y.length; i++) {
        const value = y[i] as number;
        if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    if (range) [low, high] = [Math.min(range[0], low), Math.max(range[1], high)];
    if (!(low <= high)) [low, high] = [isLog ? 0.1 : 0, 1];
    if (low === high) [low, high] = isLog ? [low / 2, high * 2] : [low - (Math.abs(low) / 10 || 1), high + (Math.abs(high) / 10 || 1)];
    [this.#low, this.#high] = [this.#toScale(low), this.#toScale(high)];
    const most = Math.max(2, Math.floor(height / 26));
    this.ticks = isLog ? logTicks(low, high, most) : linearTicks(low, high, most);
    const placed = { x: (at: number) => width * options.x(at), y: (value: number) => this.y(value), column: 1 };
    this.paths = curves.map((curve, i) => ({
      ...curvePath(curve.x, curve.y, placed),
      look: lookOf(curve, i),
      faint: curve.faint ?? false,
    }));
    this.crosses = toldOf(curves).flatMap(({ curve, look }) => this.#crossOf(curve, look) ?? []);
    this.places = placesOf(curves);
    const ways = toldOf(curves)
      .map(
        ({ curve }) =>
          `${curve.name} ${endsOf(curve.y, options)}${curve.endsAt === undefined ? '' : `, ${endText(curve, curve.endsAt, options)}`}`,
      )
      .join('; ');
    const [first, last] = [this.places[0], this.places.at(-1)];
    this.sentence =
      first === undefined || last === undefined ? `${label}: no values` : `${label}, ${xText(first)} to ${xText(last)}: ${ways}`;
  }

  /** Beside its last value; on the ground, where there is none before. */
  #crossOf(curve: Curve, look: number): Cross | undefined {
    const { endsAt, x, y, name } = curve;
    if (endsAt === undefined) return undefined;
    const before = Array.from(y).slice(0, endsAt).findLast(Number.isFinite);
    const top = (before === undefined ? undefined : this.y(before)) ?? (this.#of.height ?? defaultHeight) - room;
    return { share: this.#of.x(x[endsAt] as number), top, look, text: `${name}: ${endText(curve, endsAt, this.#of)}` };
  }

  fits({ curves, x, scale, height, range }: CurvesOptions): boolean {
    const of = this.#of;
    const isSame = of.curves.length === curves.length && of.curves.every((curve, i) => same(curve, curves[i] as Curve));
    const bounds = (each: CurvesOptions['range']) => `${each}`;
    return isSame && of.x === x && of.scale === scale && of.height === height && bounds(of.range) === bounds(range);
  }

  /** Undefined where the value has no place. */
  y(value: number): number | undefined {
    const share = (this.#toScale(value) - this.#low) / (this.#high - this.#low);
    return Number.isFinite(share) ? room + (1 - share) * ((this.#of.height ?? defaultHeight) - 2 * room) : undefined;
  }
}

/** `NaN at epoch 4`. */
function endText({ x, y }: Curve, endsAt: number, { xText }: CurvesOptions): string {
  return `${Number.isNaN(y[endsAt]) ? 'NaN' : 'infinite'} at ${xText(x[endsAt] as number)}`;
}

function same(a: Curve, b: Curve): boolean {
  return a.x === b.x && a.y === b.y && a.name === b.name && a.look === b.look && a.endsAt === b.endsAt && a.faint === b.faint;
}

function placesOf(curves: readonly Curve[]): readonly number[] {
  const all = new Set<number>();
  for (const { x } of curves) for (let i = 0; i < x.length; i++) all.add(x[i] as number);
  return [...all].sort((a, b) => a - b);
}

function endsOf(y: ArrayLike<number>, { valueText = number }: CurvesOptions): string {
  const finite = Array.from(y).filter(Number.isFinite);
  const [first, last] = [finite[0], finite.at(-1)];
  return first === undefined || last === undefined ? 'has no values' : `${valueText(first)} to ${valueText(last)}`;
}
