import { html, nothing, type TemplateResult } from 'lit';
import { number } from '../../draw/format.ts';
import { cellAt } from '../../draw/geometry.ts';
import { colorAt } from '../../draw/pixel.ts';
import { vars } from '../../ui/vars.ts';
import { shown } from '../selectors.ts';
import type { PageState } from '../state.ts';

/** The pixel under the pointer or the keyboard cursor: place, colour, raw value of the map there. */
export function probeLine(state: PageState): TemplateResult {
  const { probe } = state;
  return html`<p class="probe" id="probe" data-testid="probe" aria-live=${probe ? 'polite' : 'off'}>
    ${probe ? reading(state, probe) : html`<span class="small">Point at the image, or focus it and press the arrow keys, to read values.</span>`}
  </p>`;
}

function reading(state: PageState, { x, y }: { x: number; y: number }): TemplateResult {
  const color = state.picture?.element && colorAt(state.picture.element, x, y);
  const rgb = color?.join(' ');
  return html`<span data-testid="probe-place">x ${x}, y ${y}</span>
    ${
      color
        ? html`<span class="probe-color" data-testid="probe-rgb"><span class="swatch" ${vars({ background: `rgb(${rgb})` })}></span>RGB ${rgb}</span>`
        : nothing
    }
    ${value(state, x, y)}`;
}

function value(state: PageState, x: number, y: number): TemplateResult | typeof nothing {
  const { map } = shown(state);
  const covers = state.prediction?.fed.covers;
  if (!map || !covers) return nothing;
  const cell = cellAt(map, covers, x, y);
  if (!cell) return html`<span data-testid="probe-value">not seen by the network</span>`;
  const raw = map.values[cell.row * map.width + cell.column] ?? Number.NaN;
  return html`<span data-testid="probe-value"><strong>${number(raw)}</strong></span>
    <span class="small" data-testid="probe-cell">row ${cell.row}, column ${cell.column} of ${map.height} × ${map.width}</span>`;
}
