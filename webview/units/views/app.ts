import { html, nothing, type TemplateResult } from 'lit';
import { activationsView } from '../activations/activationsView.ts';
import { filtersView } from '../filters/filtersView.ts';
import type { Flow } from '../flow.ts';
import { patchesView } from '../patches/patchesView.ts';
import { currentUnit, phase } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import { unitView } from '../unit/unitView.ts';
import { visualiseView } from '../visualise/visualiseView.ts';

/** The whole page: model and layer on top, one view below, or the page of one unit. */
export function app(state: UnitsState, flow: Flow): TemplateResult {
  return html`<main class="units">${phase(state) === 'ready' ? content(state, flow) : nothing}</main>
    ${state.notice === undefined ? nothing : html`<p class="notice" role="status" data-testid="notice">${state.notice}</p>`}`;
}

function content(state: UnitsState, flow: Flow): TemplateResult {
  if (currentUnit(state) !== undefined) return unitView(state, flow);
  switch (state.choices.view) {
    case 'activations':
      return activationsView(state, flow);
    case 'patches':
      return patchesView(state, flow);
    case 'filters':
      return filtersView(state, flow);
    case 'visualise':
      return visualiseView(state, flow);
  }
}
