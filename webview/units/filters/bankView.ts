import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { number } from '../../draw/format.ts';
import { focusPlace } from '../../ui/focusPlace.ts';
import { measured } from '../../ui/measured.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import { sighted } from '../sight.ts';
import type { UnitsState } from '../state.ts';
import { bankEvents } from './bankEvents.ts';
import { type Bands, type BankLayout, cornerOf } from './bankLayout.ts';
import { factsOf, inputsBySize } from './kernels.ts';
import { kernelCanvas } from './kernelTile.ts';
import { type BankLayer, currentLayout, partWith, unitOrder } from './selectors.ts';

/** Stable, so that it is called when the bank comes and goes only. */
let returned: (focus: (place: number) => void) => void = () => {};
const mounted = (element: Element | undefined) => {
  if (element) queueMicrotask(() => returned((place) => focusPlace(element, place)));
};

/** All units in bands: only those in view are there, the others are room. */
export function bankView(state: UnitsState, layer: BankLayer, flow: Flow): TemplateResult {
  const laid = currentLayout(state, layer);
  const { filters } = flow;
  returned = (focus) => filters.returned(focus);
  return html`<div class="filter-bank" data-testid="filter-bank" ${measured((width) => filters.resized(width))} ${ref(mounted)}>
    ${laid ? bands(state, layer, laid, flow) : nothing}
  </div>`;
}

function bands(state: UnitsState, layer: BankLayer, laid: { layout: BankLayout; bands: Bands }, flow: Flow): TemplateResult {
  const { layout, bands } = laid;
  const order = unitOrder(state, layer);
  const { inView, cursor } = state.filters;
  // The keyboard's unit is always there, so that it can have the focus.
  const isThere = (band: number) => inView.has(band) || band === Math.floor(cursor / bands.perBand);
  const events = bankEvents(state, layer, laid, flow);
  return html`<div
    class="filter-bands"
    role="group"
    aria-label="Units"
    @click=${events.click}
    @keydown=${events.key}
    @focusin=${events.focus}
    @pointermove=${events.point}
    @pointerleave=${events.leave}
  >
    ${Array.from({ length: bands.count }, (_, band) => {
      const units = () => Array.from(order.subarray(band * bands.perBand, (band + 1) * bands.perBand));
      return html`<div class="filter-band" ${vars({ height: `${bands.height(band)}px` })} ${sighted(flow.filters.sight, band)}>
        ${isThere(band) ? units().map((unit, i) => unitButton(state, layer, layout, unit, band * bands.perBand + i)) : nothing}
      </div>`;
    })}
  </div>`;
}

function unitButton(state: UnitsState, layer: BankLayer, layout: BankLayout, unit: number, place: number): TemplateResult {
  const part = partWith(state, layer, unit);
  const facts = part && factsOf(part, unit);
  const isOwn = state.choices.filters.scale === 'own';
  const told = facts ? `weights ${number(facts.min)} to ${number(facts.max)}, norm ${number(facts.norm)}` : 'on its way';
  return html`<button
    class="filter-unit of-${layout.kind}"
    tabindex=${place === state.filters.cursor ? 0 : -1}
    aria-label="unit ${unit}: ${told}"
    title="unit ${unit}&#10;${told}"
    data-testid="filter-unit-${unit}"
    data-place=${place}
    data-unit=${unit}
    ${vars({ width: `${layout.unit.width}px`, height: `${layout.unit.height}px` })}
  >
    <span class="filter-label"><span>${unit}</span><span class="small">${facts ? `± ${Number(facts.reach.toPrecision(2))}` : ''}</span></span>
    <span class="filter-kernel" ${vars({ width: `${layout.canvas.width}px`, height: `${layout.canvas.height}px` })}>
      ${
        part && facts
          ? kernelCanvas({ layout, filters: part, unit, reach: isOwn ? facts.reach : part.max })
          : html`<span class="skeleton filter-waiting"></span>`
      }
      ${part && state.filters.reading?.unit === unit ? mark(state, layout, part) : nothing}
    </span>
  </button>`;
}

/** Around the weight that is read. */
function mark({ filters: { reading } }: UnitsState, layout: BankLayout, part: Parameters<typeof inputsBySize>[0]) {
  if (!reading) return nothing;
  const { unit, input = 0, row, column } = reading;
  const place = layout.kind === 'bars' ? inputsBySize(part, unit).indexOf(input) : input;
  const corner = cornerOf(layout, place);
  const size = layout.kind === 'bars' ? layout.tile : { width: layout.cell, height: layout.cell };
  return html`<span
    class="filter-mark"
    ${vars({
      left: `${corner.x + column * layout.cell}px`,
      top: `${corner.y + row * layout.cell}px`,
      width: `${size.width}px`,
      height: `${size.height}px`,
    })}
  ></span>`;
}
