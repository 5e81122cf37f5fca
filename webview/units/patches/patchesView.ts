import { html, nothing, type TemplateResult } from 'lit';
import { errorView } from '../../page/errorView.ts';
import type { Flow } from '../flow.ts';
import type { UnitsState } from '../state.ts';
import { collectionView } from './collectionView.ts';
import { collectedLayer } from './selectors.ts';
import { toolsView } from './toolsView.ts';
import { wallView } from './wallView.ts';

/** For every unit of the layer the places in the data set that excite it most. */
export function patchesView(state: UnitsState, flow: Flow): TemplateResult {
  const { units } = state.patches;
  return html`<section class="patches" aria-label="Top patches" data-testid="patches">
    ${collectionView(state, flow)}
    ${collectedLayer(state) ? html`${toolsView(state, flow)} ${units.error ? errorView(units.error, { retry: () => flow.patches.retryUnits(), showLog: () => flow.showLog() }) : nothing} ${wallView(state, flow)}` : nothing}
  </section>`;
}
