import { html, nothing, type TemplateResult } from 'lit';
import type { LayerUnits, Patch } from '../../../src/shared/unitsProtocol.ts';
import { number, percent } from '../../draw/format.ts';
import type { Flow } from '../flow.ts';
import { sighted } from '../sight.ts';
import type { UnitsState } from '../state.ts';
import { patchTitle } from './patchText.ts';
import { best, isDead, stateOf } from './selectors.ts';
import { tilePicture } from './tileView.ts';

/** The cell that Tab leads to: unit and place of the patch, 0 the unit's head. */
export interface Entry {
  unit: number;
  at: number;
}

/** One unit: its number and what the data set says of it, then its best patches. Filled while it is in view; its place is kept always. */
export function unitRow(state: UnitsState, unit: number, entry: Entry | undefined, flow: Flow): TemplateResult {
  const { inView, units, focus } = state.patches;
  const drawn = inView.has(unit) || focus?.unit === unit;
  const tab = (at: number) => (entry?.unit === unit && entry.at === at ? 0 : -1);
  return html`<div role="row" class="patch-row" data-testid="unit-${unit}" ${sighted(flow.patches.sight, unit)}>
    <div
      role="gridcell"
      class="unit-head"
      tabindex=${tab(0)}
      data-testid="unit-head"
      data-unit=${unit}
      data-at="0"
      aria-label=${spoken(units.value, unit)}
      @click=${() => flow.openUnit(unit)}
    >
      <span class="unit-name">unit ${unit}</span>
      ${units.value ? facts(units.value, unit) : nothing}
    </div>
    <div class="tiles" role="presentation">${drawn ? content(state, unit, tab, flow) : nothing}</div>
  </div>`;
}

function facts(units: LayerUnits, unit: number): TemplateResult {
  const state = stateOf(units, unit);
  return html`<span class="small">max ${number(units.max[unit] ?? 0)}</span>
    <span class="small">active ${percent(units.active[unit] ?? 0)}</span>
    ${state === 'active' ? nothing : html`<span class="tag" data-testid="unit-state">${state}</span>`}`;
}

function content(state: UnitsState, unit: number, tab: (at: number) => number, flow: Flow): TemplateResult {
  const { units, tops, topsFailure } = state.patches;
  if (isDead(units.value, unit)) return html`<p class="tiles-said small">Never fires on these pictures: no picture stands out.</p>`;
  const top = tops.get(unit);
  if (top?.patches.patches.length === 0) return html`<p class="tiles-said small">None of its pictures is there any more.</p>`;
  if (top) return html`${top.patches.patches.slice(0, best).map((patch, i) => tile(state, unit, patch, i, tab(i + 1), flow))}`;
  if (topsFailure) return html`<p class="tiles-said small">not there</p>`;
  return html`${Array.from({ length: best }, () => html`<span class="tile skeleton"></span>`)}`;
}

function tile(state: UnitsState, unit: number, patch: Patch, index: number, tabindex: number, flow: Flow): TemplateResult {
  const open = () => {
    flow.openUnit(unit);
    flow.unit.select(index);
  };
  return html`<div
    role="gridcell"
    class="tile-cell"
    tabindex=${tabindex}
    data-testid="patch"
    data-unit=${unit}
    data-at=${index + 1}
    title=${patchTitle(patch)}
    aria-label="unit ${unit}, patch ${index + 1} of ${best}: ${patchTitle(patch)}"
    @click=${open}
  >
    ${tilePicture(state, patch)}
  </div>`;
}

function spoken(units: LayerUnits | undefined, unit: number): string {
  if (!units) return `unit ${unit}`;
  return `unit ${unit}: ${stateOf(units, unit)}, largest value ${number(units.max[unit] ?? 0)}, active in ${percent(units.active[unit] ?? 0)} of all cells`;
}
