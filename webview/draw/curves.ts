import { html, nothing, svg, type TemplateResult } from 'lit';
import { AsyncDirective, directive } from 'lit/async-directive.js';
import { sliderKey } from '../ui/sliderKey.ts';
import { vars } from '../ui/vars.ts';
import { type CurvesOptions, indexAt, toldOf, valueAt } from './curve.ts';
import { type Cross, Drawing, defaultHeight, width } from './curvesDrawing.ts';

export type { Curve, CurvesOptions } from './curve.ts';

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

  #read(at: number | undefined): void {
    if (at === this.#hover || !this.#options || !this.#drawing) return;
    this.#hover = at;
    this.setValue(this.#view(this.#options, this.#drawing));
  }

  #view(options: CurvesOptions, drawing: Drawing): TemplateResult {
    const { testid, label, curves, height = defaultHeight, xText, onPick } = options;
    const stops = options.stops ?? drawing.places;
    const told = toldOf(curves);
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
        aria-valuetext=${shown === undefined ? label : `${xText(shown)}: ${told.map(({ curve }) => `${curve.name} ${valueAt(curve, shown, options)}`).join(', ')}`}
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
          ${(options.marks ?? []).map((mark) => svg`<line class="curves-mark" x1=${width * options.x(mark)} x2=${width * options.x(mark)} y1=${height - 5} y2=${height} />`)}
          ${drawing.paths.map(({ line, singles, look, faint }) => svg`<path class="curve look-${look}${faint ? ' faint' : ''}" d=${line} /><path class="curve-single look-${look}" d=${singles} />`)}
          ${this.#cursor(options.at, 'curves-cursor', options, drawing)} ${this.#hover === undefined ? nothing : this.#cursor(this.#hover, 'curves-hover', options, drawing)}
        </svg>
        ${drawing.crosses.map(crossView)}
        ${this.#hover === undefined ? nothing : html`<span class="curves-read" aria-hidden="true" ${vars({ '--x': String(options.x(this.#hover)) })}>${xText(this.#hover)}</span>`}
        ${drawing.ticks.values.map((value) => html`<span class="curves-tick" aria-hidden="true" ${vars({ '--top': `${drawing.y(value)}px` })}>${(options.tickText ?? drawing.ticks.text)(value)}</span>`)}
      </div>
      ${ends(options, drawing)}
      <ul class="curves-readout" data-testid="${testid}-readout" aria-label="${label}${shown === undefined ? '' : `, ${xText(shown)}`}">
        ${told.map(
          ({ curve, look }) => html`<li>
            <svg class="curves-key" viewBox="0 0 22 8" aria-hidden="true"><path class="curve look-${look}" d="M1 4h20" /></svg>
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
    const points = toldOf(options.curves).map(({ curve, look }) => {
      const index = indexAt(curve.x, at);
      const y = drawing.y(curve.y[index] ?? Number.NaN);
      return y === undefined
        ? nothing
        : svg`<path class="curve-single look-${look}" d="M${width * options.x(curve.x[index] as number)} ${y}h0" />`;
    });
    return svg`<line class=${name} x1=${x} x2=${x} y1="0" y2=${options.height ?? defaultHeight} />${points}`;
  }
}

export const curves = directive(CurvesDirective);

/** What it says is in the chart's sentence, too. */
function crossView({ share, top, look, text }: Cross): TemplateResult {
  return html`<span class="curves-cross look-${look}" title=${text} aria-hidden="true" ${vars({ '--x': String(share), '--top': `${top}px` })}>
    <svg viewBox="0 0 12 12"><path d="M2.5 2.5l7 7m0 -7l-7 7" /></svg>
  </span>`;
}

function ends(options: CurvesOptions, { places }: Drawing): TemplateResult | typeof nothing {
  const [first, last] = [places[0], places.at(-1)];
  if (!options.ends || first === undefined || last === undefined) return nothing;
  return html`<p class="curves-ends small"><span>${options.xText(first)}</span><span>${options.xText(last)}</span></p>`;
}

function nearest(all: readonly number[], distance: (value: number) => number): number {
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  for (let i = 0; i < all.length; i++) {
    const far = distance(all[i] as number);
    if (far < least) [best, least] = [i, far];
  }
  return best;
}
