import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit';
import type { Check } from '../../../src/shared/protocol.ts';
import { number } from '../../draw/format.ts';
import { nextIndex } from '../../ui/focus.ts';
import type { Actions } from '../actions.ts';
import type { PageState } from '../state.ts';

type Series = NonNullable<Check['series']>;

/** Height of the drawing in its own units; a bar is one unit wide. */
const height = 32;

/** A bar per layer, from the logits to the input; the dashed line is the first one's height. Pointer and arrow keys read a bar. */
export function checkChart(
  state: PageState,
  { id, label, series }: Check & { series: Series },
  check: number,
  actions: Actions,
): TemplateResult {
  const at = state.reading?.check === check ? Math.min(state.reading.at, series.length - 1) : undefined;
  const read = (index: number | undefined) => actions.read(index === undefined ? undefined : { check, at: index });
  return html`<div class="chart">
    <div
      class="chart-bars"
      role="slider"
      tabindex="0"
      data-testid="chart-${id}"
      aria-label="${label} per layer"
      aria-orientation="horizontal"
      aria-valuemin="1"
      aria-valuemax=${series.length}
      aria-valuenow=${(at ?? 0) + 1}
      aria-valuetext=${pointText(series, at ?? 0)}
      @pointermove=${(event: PointerEvent) => read(barUnder(event, series.length))}
      @pointerleave=${() => read(undefined)}
      @focus=${() => read(at ?? 0)}
      @blur=${() => read(undefined)}
      @keydown=${(event: KeyboardEvent) => onKey(event, at ?? 0, series.length, read)}
    >
      <svg viewBox="0 0 ${series.length} ${height}" preserveAspectRatio="none" aria-hidden="true">${bars(series, at)}</svg>
    </div>
    <p class="small chart-reading" data-testid="chart-reading">${at === undefined ? endsText(series) : pointText(series, at)}</p>
    <ol class="visually-hidden">
      ${series.map((_, index) => html`<li>${pointText(series, index)}</li>`)}
    </ol>
  </div>`;
}

function pointText(series: Series, index: number): string {
  const point = series[index];
  return point ? `${point.layer}: ${number(point.value)}` : '';
}

function endsText(series: Series): string {
  return `${pointText(series, 0)} … ${pointText(series, series.length - 1)}`;
}

function bars(series: Series, at: number | undefined): SVGTemplateResult[] {
  const values = series.map(({ value }) => value);
  const low = Math.min(0, ...values);
  const span = Math.max(0, ...values) - low || 1;
  const y = (value: number) => height - ((value - low) / span) * height;
  const first = y(values[0] ?? 0);
  return [
    ...values.map((value, index) => {
      const top = Math.min(y(value), y(0));
      const tall = Math.max(0.6, Math.abs(y(value) - y(0)));
      return svg`<rect class=${index === at ? 'bar-at' : 'bar-of'} x=${index + 0.1} y=${top} width="0.8" height=${tall} />`;
    }),
    svg`<line class="chart-line" x1="0" x2=${series.length} y1=${first} y2=${first} />`,
  ];
}

function barUnder(event: PointerEvent, count: number): number {
  const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
  return Math.min(count - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * count)));
}

function onKey(event: KeyboardEvent, at: number, count: number, read: (index: number) => void): void {
  const to = nextIndex(event.key, at, count);
  if (to === undefined) return;
  event.preventDefault();
  read(to);
}
