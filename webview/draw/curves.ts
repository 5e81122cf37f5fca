import { html, type noChange, nothing, svg, type TemplateResult } from 'lit';
import { AsyncDirective, directive } from 'lit/async-directive.js';
import { sliderKey } from '../ui/sliderKey.ts';
import { vars } from '../ui/vars.ts';
import { type CurvePath, curvePath } from './curvePath.ts';
import { number } from './format.ts';
import { linearTicks, logTicks, type Ticks } from './ticks.ts';

export interface Curve {
  name: string;
  /** In ascending order; numbers of the axis that the chart is given. */
  x: ArrayLike<number>;
  /** What is not finite is a gap. */
  y: ArrayLike<number>;
  /** Which colour and dashes; curves of one look in several charts belong together. Default: its place in the chart. */
  look?: number;
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
/** Of the drawing, in its own units; a unit of its height is a CSS pixel. */
const width = 1000;
const room = 5;

/**
 * Several curves over one axis, with a cursor and the values at it as text. The pointer reads values beside the cursor; click, drag and arrow
 * keys report where the cursor should go.
 */
class CurvesDirective extends AsyncDirective {
  #options: CurvesOptions | undefined;
  /** Read at the moment instead of the cursor. */
  #hover: number | undefined;
  #drawing: Drawing | undefined;

  render(options: CurvesOptions): TemplateResult {
    if (!this.#drawing?.fits(options)) this.#drawing = new Drawing(options);
    this.#options = options;
    return this.#view(options, this.#drawing);
  }

  override update(_part: unknown, [options]: [CurvesOptions]): TemplateResult | typeof noChange {
    return this.render(options);
  }

  #read(at: number | undefined): void {
    if (at === this.#hover || !this.#options || !this.#drawing) return;
    this.#hover = at;
    this.setValue(this.#view(this.#options, this.#drawing));
  }

  #view(options: CurvesOptions, drawing: Drawing): TemplateResult {
    const { testid, label, curves, height = defaultHeight, xText, onPick } = options;
    const stops = options.stops ?? drawing.places;
    const shown = this.#hover ?? options.at;
    const at = shown === undefined ? -1 : nearest(stops, (stop) => Math.abs(stop - shown));
    const pick = (to: number | undefined) => {
      if (to === undefined) return;
      if (!onPick) this.#read(to);
      else if (to !== options.at) onPick(to);
    };
    const under = (event: PointerEvent) => {
      const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
      const share = (event.clientX - left) / width;
      return (all: readonly number[]) => all[nearest(all, (stop) => Math.abs(options.x(stop) - share))];
    };
    return html`<div class="curves" data-testid=${testid}>
      <div
        class="curves-plot"
        role="slider"
        tabindex="0"
        data-testid="${testid}-plot"
        aria-label=${drawing.sentence}
        aria-orientation="horizontal"
        aria-valuemin="1"
        aria-valuemax=${Math.max(1, stops.length)}
        aria-valuenow=${Math.max(0, at) + 1}
        aria-valuetext=${shown === undefined ? label : `${xText(shown)}: ${curves.map((curve) => `${curve.name} ${valueAt(curve, shown, options)}`).join(', ')}`}
        ${vars({ '--curves-height': `${height}px` })}
        @pointerdown=${(event: PointerEvent) => {
          if (event.button !== 0) return;
          (event.currentTarget as Element).setPointerCapture(event.pointerId);
          options.onHold?.(true);
          pick(under(event)(stops));
        }}
        @pointerup=${() => options.onHold?.(false)}
        @pointercancel=${() => options.onHold?.(false)}
        @pointermove=${(event: PointerEvent) => {
          this.#read(under(event)(drawing.places));
          if (event.buttons & 1 && onPick) pick(under(event)(stops));
        }}
        @pointerleave=${() => this.#read(undefined)}
        @blur=${() => this.#read(undefined)}
        @keydown=${(event: KeyboardEvent) => {
          const to = event.altKey || event.ctrlKey || event.metaKey ? undefined : sliderKey(event.key, at, stops.length);
          if (to === undefined) return;
          event.preventDefault();
          if (onPick) this.#read(undefined);
          pick(stops[to]);
        }}
      >
        <svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
          ${drawing.ticks.values.map((value) => svg`<line class="curves-grid" x1="0" x2=${width} y1=${drawing.y(value) ?? 0} y2=${drawing.y(value) ?? 0} />`)}
          ${drawing.paths.map(({ line, singles, look }) => svg`<path class="curve look-${look}" d=${line} /><path class="curve-single look-${look}" d=${singles} />`)}
          ${this.#cursor(options.at, 'curves-cursor', options, drawing)} ${this.#hover === undefined ? nothing : this.#cursor(this.#hover, 'curves-hover', options, drawing)}
        </svg>
        ${drawing.ticks.values.map((value) => html`<span class="curves-tick" aria-hidden="true" ${vars({ '--top': `${drawing.y(value)}px` })}>${(options.tickText ?? drawing.ticks.text)(value)}</span>`)}
      </div>
      ${ends(options, drawing)}
      <ul class="curves-readout" data-testid="${testid}-readout" aria-label="${label}${shown === undefined ? '' : `, ${xText(shown)}`}">
        ${curves.map(
          (curve, i) => html`<li>
            <svg class="curves-key" viewBox="0 0 22 8" aria-hidden="true"><path class="curve look-${lookOf(curve, i)}" d="M1 4h20" /></svg>
            <span class="curves-name">${curve.name}</span>
            ${shown === undefined ? nothing : html`<span class="curves-value">${valueAt(curve, shown, options)}</span>`}
          </li>`,
        )}
      </ul>
    </div>`;
  }

  #cursor(at: number | undefined, name: string, options: CurvesOptions, drawing: Drawing) {
    if (at === undefined) return nothing;
    const x = width * options.x(at);
    const points = options.curves.map((curve, i) => {
      const index = indexAt(curve.x, at);
      const y = drawing.y(curve.y[index] ?? Number.NaN);
      return y === undefined
        ? nothing
        : svg`<path class="curve-single look-${lookOf(curve, i)}" d="M${width * options.x(curve.x[index] as number)} ${y}h0" />`;
    });
    return svg`<line class=${name} x1=${x} x2=${x} y1="0" y2=${options.height ?? defaultHeight} />${points}`;
  }
}

export const curves = directive(CurvesDirective);

const defaultHeight = 96;

/** What of a chart is the same wherever its cursor stands. */
class Drawing {
  readonly #of: CurvesOptions;
  readonly ticks: Ticks;
  readonly paths: readonly (CurvePath & { look: number })[];
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
    this.paths = curves.map((curve, i) => ({ ...curvePath(curve.x, curve.y, placed), look: lookOf(curve, i) }));
    this.places = placesOf(curves);
    const ways = curves.map(({ name, y }) => `${name} ${endsOf(y, options)}`).join('; ');
    const [first, last] = [this.places[0], this.places.at(-1)];
    this.sentence =
      first === undefined || last === undefined ? `${label}: no values` : `${label}, ${xText(first)} to ${xText(last)}: ${ways}`;
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

function ends(options: CurvesOptions, { places }: Drawing): TemplateResult | typeof nothing {
  const [first, last] = [places[0], places.at(-1)];
  if (!options.ends || first === undefined || last === undefined) return nothing;
  return html`<p class="curves-ends small"><span>${options.xText(first)}</span><span>${options.xText(last)}</span></p>`;
}

function same(a: Curve, b: Curve): boolean {
  return a.x === b.x && a.y === b.y && a.name === b.name && a.look === b.look;
}

function lookOf({ look }: Curve, place: number): number {
  return (look ?? place) % looks;
}

function placesOf(curves: readonly Curve[]): readonly number[] {
  const all = new Set<number>();
  for (const { x } of curves) for (let i = 0; i < x.length; i++) all.add(x[i] as number);
  return [...all].sort((a, b) => a - b);
}

/** The value at `at`, or the last one before it: what was known then. −1: none. */
function indexAt(x: ArrayLike<number>, at: number): number {
  let [from, to] = [0, x.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((x[middle] as number) <= at) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}

function valueAt({ x, y }: Curve, at: number, { valueText = number }: CurvesOptions): string {
  const value = y[indexAt(x, at)];
  if (value === undefined) return '–';
  return Number.isFinite(value) ? valueText(value) : String(value).replace('-', '−');
}

function endsOf(y: ArrayLike<number>, { valueText = number }: CurvesOptions): string {
  const finite = Array.from(y).filter(Number.isFinite);
  const [first, last] = [finite[0], finite.at(-1)];
  return first === undefined || last === undefined ? 'has no values' : `${valueText(first)} to ${valueText(last)}`;
}

function nearest(all: readonly number[], distance: (value: number) => number): number {
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  for (let i = 0; i < all.length; i++) {
    const far = distance(all[i] as number);
    if (far < least) [best, least] = [i, far];
  }
  return best;
}
