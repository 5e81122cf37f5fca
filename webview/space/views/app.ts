import { html, type TemplateResult } from 'lit';
import { describeError } from '../../../src/shared/errors.ts';
import { announcements } from '../../page/announcements.ts';
import { banner } from '../../page/banner.ts';
import { chooseModelView } from '../../page/chooseModel.ts';
import { errorView } from '../../page/errorView.ts';
import { loadingModel } from '../../page/loadingModel.ts';
import type { Flow } from '../flow.ts';
import { indexBar } from '../index/indexBar.ts';
import { mapView } from '../map/mapView.ts';
import { mistakesView } from '../mistakes/mistakesView.ts';
import { neighboursView } from '../neighbours/neighboursView.ts';
import { selectionView } from '../selection/selectionView.ts';
import { currentLayer, phase } from '../selectors.ts';
import type { SpaceState } from '../state.ts';
import { failureView } from './failureView.ts';
import { header } from './header.ts';
import { layerBar } from './layerBar.ts';

/** The whole page: model, data set and index on top, one view below, and beside it the images that are selected. */
export function app(state: SpaceState, flow: Flow): TemplateResult {
  const warnings = state.warningsHidden ? [] : [...(state.space?.model.warnings ?? []), ...(state.rows.value?.warnings ?? [])];
  return html`${header(state, flow)} ${banner({ warnings, onHide: () => flow.hideWarnings() })}
    <main class="space">${body(state, flow)}</main>
    ${announcements({ spoken: spoken(state), notice: state.notice })}`;
}

function body(state: SpaceState, flow: Flow): TemplateResult {
  switch (phase(state)) {
    case 'empty': {
      const { candidates = [] } = state.subject ?? {};
      return chooseModelView({
        candidates,
        ask: 'Whose feature space do you want to see?',
        onChoose: (candidate) => void flow.chooseModel(candidate),
      });
    }
    case 'error':
      return failureView(state, flow);
    case 'loading':
      return loadingModel();
    case 'ready':
      return html`${layerBar(state, flow)} ${indexBar(state, flow)} ${content(state, flow)}`;
  }
}

function content(state: SpaceState, flow: Flow): TemplateResult {
  if (!currentLayer(state))
    return html`<p data-testid="no-layers">This model has no layer with features: no layer of it computes channels or a vector.</p>`;
  const { error, value } = state.rows;
  if (error) return errorView(error, { retry: () => flow.renewRows(), showLog: () => flow.showLog() });
  // Neighbours need a picture only; everything else needs some that are indexed.
  if (!value || (value.count === 0 && state.choices.view !== 'neighbours')) return waiting(state);
  return html`<div class="space-content">
    <div class="space-view">${view(state, flow)}</div>
    ${selectionView(state, flow)}
  </div>`;
}

function waiting({ rows, index }: SpaceState): TemplateResult {
  if (rows.loading && !index.state) return html`<p class="skeleton line short" data-testid="rows-skeleton"></p>`;
  const running = index.indexing?.state === 'running';
  return html`<p class="small" data-testid="nothing-indexed">${running ? 'The first pictures are on their way.' : 'Nothing is indexed yet.'}</p>`;
}

function view(state: SpaceState, flow: Flow): TemplateResult {
  switch (state.choices.view) {
    case 'neighbours':
      return neighboursView(state, flow);
    case 'mistakes':
      return mistakesView(state, flow);
    default:
      return mapView(state, flow);
  }
}

/** What a screen reader hears of the page as a whole; each view says for itself how far it is. */
function spoken(state: SpaceState): string {
  if (state.failure) return describeError(state.failure);
  const layer = currentLayer(state);
  const { value } = state.rows;
  return layer && value ? `${value.count} pictures at ${layer.name}` : '';
}
