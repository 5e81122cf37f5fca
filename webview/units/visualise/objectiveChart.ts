import { html, svg, type TemplateResult } from 'lit';
import { number } from '../../draw/format.ts';
import type { Climb } from './state.ts';

interface Options {
  climb: Climb;
  /** What the numbers are: `logit`. */
  scalar: string;
  /** The step on the stage. */
  at: number | undefined;
}

/** Of the drawing, in its own units. */
const size = { width: 200, height: 36 };

/** The objective over the steps; the line tells the step on the stage. */
export function objectiveChart({ climb, scalar, at }: Options): TemplateResult {
  const points = pointsOf(climb);
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return html``;
  const steps = Math.max(climb.steps, last.step);
  const values = points.map(({ value }) => value).filter(Number.isFinite);
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const x = (step: number) => (steps > 0 ? (step / steps) * size.width : 0);
  const y = (value: number) => 1 + (1 - (value - low) / span) * (size.height - 2);
  const path = points
    .filter(({ value }) => Number.isFinite(value))
    .map(({ step, value }) => `${x(step).toFixed(2)},${y(value).toFixed(2)}`);
  const ends = `${scalar}, step ${first.step}: ${number(first.value)} … step ${last.step}: ${number(last.value)}`;
  return html`<figure class="visualise-chart" data-testid="visualise-chart">
    <svg viewBox="0 0 ${size.width} ${size.height}" preserveAspectRatio="none" role="img" aria-label=${ends}>
      ${svg`<polyline class="visualise-curve" points=${path.join(' ')} />`}
      ${at === undefined ? '' : svg`<line class="chart-line" x1=${x(at)} x2=${x(at)} y1="0" y2=${size.height} />`}
    </svg>
    <figcaption class="small" data-testid="visualise-ends">${ends}</figcaption>
  </figure>`;
}

/** All steps once it is over; until then those that were told. */
function pointsOf({ result, trace }: Climb): Climb['trace'] {
  return result ? Array.from(result.values, (value, step) => ({ step, value })) : trace;
}
