import { html, type TemplateResult } from 'lit';
import { describeError } from '../../../src/shared/errors.ts';
import { announcements } from '../../page/announcements.ts';
import { banner } from '../../page/banner.ts';
import { chooseModelView } from '../../page/chooseModel.ts';
import { loadingModel } from '../../page/loadingModel.ts';
import { activationsView } from '../activations/activationsView.ts';
import { filtersView } from '../filters/filtersView.ts';
import type { Flow } from '../flow.ts';
import { patchesView } from '../patches/patchesView.ts';
import { currentLayer, currentUnit, phase } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import { unitView } from '../unit/unitView.ts';
import { visualiseView } from '../visualise/visualiseView.ts';
import { failureView } from './failureView.ts';
import { header } from './header.ts';
import { layerBar } from './layerBar.ts';

/** The whole page: model and layer on top, one view below, or the page of one unit. */
export function app(state: UnitsState, flow: Flow): TemplateResult {
  const warnings = state.warningsHidden ? [] : (state.units?.model.warnings ?? []);
  return html`${header(state, flow)} ${banner({ warnings, onHide: () => flow.hideWarnings() })}
    <main class="units">${body(state, flow)}</main>
    ${announcements({ spoken: spoken(state), notice: state.notice })}`;
}

function body(state: UnitsState, flow: Flow): TemplateResult {
  switch (phase(state)) {
    case 'empty': {
      const { candidates = [] } = state.subject ?? {};
      return chooseModelView({
        candidates,
        ask: 'Whose units do you want to see?',
        onChoose: (candidate) => void flow.chooseModel(candidate),
      });
    }
    case 'error':
      return failureView(state, flow);
    case 'loading':
      return loadingModel();
    case 'ready':
      return html`${layerBar(state, flow)} ${content(state, flow)}`;
  }
}

function content(state: UnitsState, flow: Flow): TemplateResult {
  // A class needs no layer.
  if (state.choices.view === 'visualise' && currentUnit(state) === undefined) return visualiseView(state, flow);
  if (!currentLayer(state))
    return html`<p data-testid="no-layers">This model has no layer with units: no layer of it computes channels or a vector.</p>`;
  if (currentUnit(state) !== undefined) return unitView(state, flow);
  switch (state.choices.view) {
    case 'patches':
      return patchesView(state, flow);
    case 'filters':
      return filtersView(state, flow);
    default:
      return activationsView(state, flow);
  }
}

/** What a screen reader hears of the page as a whole; each view says for itself how far it is. */
function spoken(state: UnitsState): string {
  if (state.failure) return describeError(state.failure);
  const layer = currentLayer(state);
  const unit = currentUnit(state);
  if (!layer) return '';
  return unit === undefined ? `${layer.name}, ${layer.units} units` : `${layer.name}, unit ${unit}`;
}
