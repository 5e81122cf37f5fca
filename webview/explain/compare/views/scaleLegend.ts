import { html, nothing, type TemplateResult } from 'lit';
import { gradient, scaleBar } from '../../../page/scaleBar.ts';
import type { PageState } from '../../state.ts';
import { sharingOf } from '../choices.ts';
import type { GridModel } from '../gridModel.ts';
import type { SharedScale } from '../scales.ts';

/** What the colours mean and who shares them, with numbers. */
export function scaleLegend(state: PageState, model: GridModel): TemplateResult {
  const scales = distinct([...model.scales.values()]);
  const sharing = sharingOf(state.choices.compare ?? {});
  if (sharing === 'map') return perMap(scales);
  if (sharing === 'row') {
    const text = 'One scale for each row, its numbers beside it: in a row the same colour is the same value.';
    return html`<div class="legend-scales" data-testid="scale-legend"><p class="small">${text}</p></div>`;
  }
  const units = new Set(scales.map(({ unit }) => unit)).size;
  const text = units > 1 ? `${units} units, which cannot be compared: one scale for all maps of each.` : 'One scale for all maps.';
  return html`<div class="legend-scales" data-testid="scale-legend">
    <p class="small">${scales.length > 0 ? text : ''}</p>
    ${scales.map((scale) => html`<div class="legend-scale" data-testid="scale">${scaleBar(scale)}<span class="small">${about(scale)}</span></div>`)}
  </div>`;
}

function about({ unit, cells }: SharedScale): string {
  const methods = [...new Set(cells.map(({ ref }) => ref.method.label))];
  const names = methods.length > 3 ? `${methods.slice(0, 3).join(', ')} and ${methods.length - 3} more` : methods.join(', ');
  return `${unit} · ${names}`;
}

/** Its room is taken before there is a map: nothing below may jump. */
function perMap(scales: readonly SharedScale[]): TemplateResult {
  const used = [...new Map(scales.map((scale) => [scale.kind, scale])).values()];
  return html`<div class="legend-scales" data-testid="scale-legend">
    <p class="small">Every map has its own scale, its numbers below it: strengths do not compare.</p>
    ${used.length > 0 ? used.map(ownScale) : html`<div class="legend-scale alone"><div class="legend-bar none"></div></div>`}
  </div>`;
}

function ownScale({ kind, colorMap }: SharedScale): TemplateResult {
  const diverging = kind === 'diverging';
  return html`<div class="legend-scale alone">
    <div class="scale-bar">
      ${gradient(colorMap)}
      <div class="scale-ends">
        <span>${diverging ? '−largest' : 'lowest'}</span>${diverging ? html`<span>0</span>` : nothing}<span>${diverging ? 'largest' : 'highest'}</span>
      </div>
    </div>
  </div>`;
}

function distinct(scales: readonly SharedScale[]): SharedScale[] {
  return [...new Map(scales.map((scale) => [scale.id, scale])).values()];
}

export { distinct as distinctScales };
