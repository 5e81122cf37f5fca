import { html, svg, type TemplateResult } from 'lit';
import { curvePath } from '../../draw/curvePath.ts';
import { percent } from '../../draw/format.ts';
import type { Axis } from '../axis.ts';
import { rowOf } from '../reading.ts';
import type { PageState } from '../state.ts';

/** Of the drawing, in its own units: it is stretched over the axis. A unit of its height is a CSS pixel. */
const width = 1000;
const height = 34;
/** Rows of the drawing: the curves, and under them the band of what is predicted. */
const band = { top: 36, height: 5 };

interface Point {
  x: number;
  name: string;
  trueProbability: number;
  confidence: number;
  truth: number;
  predicted: number;
  label: string;
}

/** What every checkpoint that was read says of an image. */
export function pointsOf(state: Pick<PageState, 'frames'>, axis: Axis, image: string): Point[] {
  return axis.checkpoints.flatMap(({ id, name }, i) => {
    const frames = state.frames.get(id);
    const row = frames ? rowOf(frames, image) : -1;
    if (!frames || row < 0) return [];
    const [truth, predicted] = [frames.truth[row] as number, frames.predicted[row] as number];
    const [trueProbability, confidence] = [frames.trueProbability[row] as number, frames.confidence[row] as number];
    return [{ x: axis.place(i) * width, name, trueProbability, confidence, truth, predicted, label: frames.classes[predicted] ?? '' }];
  });
}

/** Probabilities of the true and of the predicted class over the checkpoints, and under them where the prediction is right, wrong, another one. */
export function trace(points: readonly Point[], name: string, axis: Axis): TemplateResult {
  return html`<svg class="trace" viewBox="0 0 ${width} ${band.top + band.height}" preserveAspectRatio="none" role="img" aria-label=${traceText(points, name)} data-testid="trace">
    <path class="trace-grid" d="M0 1H${width}M0 ${height / 2}H${width}M0 ${height}H${width}" />
    ${curve('predicted', points, ({ confidence }) => confidence)} ${curve('true', points, ({ trueProbability }) => trueProbability)}
    ${bandOf(points, axis)}
  </svg>`;
}

function curve(kind: string, points: readonly Point[], value: (point: Point) => number) {
  const y = (share: number) => 1 + (1 - share) * (height - 1);
  const { line, singles } = curvePath(
    points.map(({ x }) => x),
    points.map(value),
    { x: (at) => at, y, column: 2 },
  );
  return svg`<path class="trace-line ${kind}" data-line=${kind} d=${line} /><path class="trace-line trace-single ${kind}" d=${singles} />`;
}

/** Full where the prediction is right, a thin line where it is wrong, a gap where it becomes another one. */
function bandOf(points: readonly Point[], { checkpoints }: Axis) {
  const known = points.filter(({ predicted }) => predicted >= 0);
  const edge = (i: number): number => {
    const [left, right] = [known[i - 1]?.x, known[i]?.x];
    if (left !== undefined && right !== undefined) return (left + right) / 2;
    // Half a step beyond the first and the last that was read: what is farther is not read.
    const half = width / Math.max(1, checkpoints.length - 1) / 2;
    return Math.min(width, Math.max(0, left === undefined ? (right ?? 0) - half : left + half));
  };
  const part = (from: number, to: number, kind: 'right' | 'wrong' | 'open') => {
    const [top, tall] = kind === 'wrong' ? [band.top + band.height - 2, 2] : [band.top, band.height];
    return `M${round(from)} ${top}H${round(to)}V${top + tall}H${round(from)}Z`;
  };
  const paths = { right: '', wrong: '', open: '' };
  let changes = '';
  known.forEach((point, i) => {
    const kind = point.truth < 0 ? 'open' : point.truth === point.predicted ? 'right' : 'wrong';
    paths[kind] += part(edge(i), edge(i + 1), kind);
    if (i > 0 && known[i - 1]?.predicted !== point.predicted) changes += `M${round(edge(i))} ${band.top - 1}V${band.top + band.height}`;
  });
  return svg`${(['right', 'wrong', 'open'] as const).map((kind) => svg`<path class="trace-band ${kind}" d=${paths[kind]} />`)}<path class="trace-change" data-testid="trace-changes" d=${changes} />`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** For screen readers: from where to where, and what is predicted since when. */
function traceText(points: readonly Point[], name: string): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return `${name}: nothing read yet`;
  const known = points.filter(({ predicted }) => predicted >= 0);
  const since = known[known.findLastIndex(({ predicted }) => predicted !== known.at(-1)?.predicted) + 1];
  const range = ([what, of]: readonly [string, (point: Point) => number]) =>
    Number.isNaN(of(first)) || Number.isNaN(of(last))
      ? []
      : [`${what} ${percent(of(first))} at ${first.name}, ${percent(of(last))} at ${last.name}`];
  return [
    ...range(['true class', ({ trueProbability }) => trueProbability]),
    ...range(['predicted class', ({ confidence }) => confidence]),
    ...(since ? [`${since.label} is predicted since ${since.name}`] : []),
  ].join('; ');
}
