import { html, nothing, type TemplateResult } from 'lit';
import { errorView } from '../../page/errorView.ts';
import { button } from '../../ui/button.ts';
import type { Flow } from '../flow.ts';
import type { UnitsState } from '../state.ts';
import { pictureView } from './pictureView.ts';
import { wallOf } from './selectors.ts';
import { toolsView } from './toolsView.ts';
import { wallLegend } from './wallLegend.ts';
import { wallView } from './wallView.ts';

/** One picture and what every unit of the layer makes of it. */
export function activationsView(state: UnitsState, flow: Flow): TemplateResult {
  if (!state.subject?.image) return noPicture(flow);
  const { error } = state.activations.wall;
  const found = wallOf(state);
  return html`<section class="activations" aria-label="Activations" data-testid="activations">
    ${pictureView(state, flow)}
    <div class="activation-main">
      ${error ? errorView(error, { retry: () => flow.activations.retry(), showLog: () => flow.showLog() }) : nothing}
      ${found ? html`${toolsView(state, found.wall, found.layer, flow)} ${wallLegend(state, found.wall, found.layer)}` : nothing}
      ${error && !found ? nothing : wallView(state, flow)}
    </div>
  </section>`;
}

function noPicture(flow: Flow): TemplateResult {
  const choose = () => void flow.ask((generation) => flow.client.call('chooseImage', { generation }));
  return html`<div class="empty" data-testid="no-picture">
    <p>Which picture shall the units be seen on?</p>
    <div class="buttons">${button({ testid: 'choose-image', label: 'Choose a picture…', appearance: 'primary', onClick: choose })}</div>
  </div>`;
}
