import { html, svg, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { guard } from 'lit/directives/guard.js';

/** Bars over the run, upwards from the ground; negative ones downwards. */
export interface RunBars {
  testid: string;
  /** What it shows in words: nothing else says it to a screen reader. */
  label: string;
  /** Places of the bars on the axis, 0..1, in order, and their values; NaN: none. */
  x: readonly number[];
  y: ArrayLike<number>;
  /** Where bars end: the value of the full height. */
  high: number;
  /** Some are negative: the ground is in the middle. */
  signed?: boolean;
  /** Bar that is on show. */
  index: number;
}

/** Of the drawing, in its own units; it is stretched over the axis. */
const [width, height] = [1000, 20];

export function runBars({ testid, label, x, y, high, signed = false, index }: RunBars): TemplateResult {
  return html`<svg
    class=${classMap({ 'run-bars': true, signed })}
    viewBox="0 0 ${width} ${height}"
    preserveAspectRatio="none"
    role="img"
    aria-label=${label}
    data-testid=${testid}
  >
    ${guard([x, y, high, signed], () => {
      const { up, down } = pathsOf({ x, y, high, signed });
      return svg`<path class="run-ground" d="M-40 ${signed ? height / 2 : height - 0.5}H${width + 40}" /><path class="run-bar up" d=${up} /><path class="run-bar down" d=${down} />`;
    })}
    ${svg`<path class="run-now" d=${x[index] === undefined ? '' : barAt({ x, y, high, signed }, index)} />`}
  </svg>`;
}

type Bars = Pick<RunBars, 'x' | 'y' | 'high'> & { signed: boolean };

function pathsOf(bars: Bars): { up: string; down: string } {
  const all = bars.x.map((_, i) => i);
  const of = (down: boolean) =>
    all
      .filter((i) => (bars.y[i] as number) < 0 === down)
      .map((i) => barAt(bars, i))
      .join('');
  return { up: of(false), down: of(true) };
}

/** A bar takes most of the room to its nearest neighbour. */
function barAt({ x, y, high, signed }: Bars, i: number): string {
  const [at, value] = [x[i] as number, y[i] as number];
  if (Number.isNaN(value)) return '';
  const room = Math.min(at - (x[i - 1] ?? Number.NEGATIVE_INFINITY), (x[i + 1] ?? Number.POSITIVE_INFINITY) - at);
  const wide = width * Math.min(0.06, 0.78 * room);
  const [ground, full] = signed ? [height / 2, height / 2] : [height, height];
  // What is there at all is seen.
  const tall = value === 0 ? 0 : Math.sign(value) * Math.max(0.8, full * Math.min(1, Math.abs(value) / (high || 1)));
  const [left, top] = [width * at - wide / 2, ground - Math.max(0, tall)];
  return `M${round(left)} ${round(top)}h${round(wide)}v${round(Math.abs(tall))}h${round(-wide)}z`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
