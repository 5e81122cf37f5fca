import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../ui/icons.ts';
import type { Flow } from '../flow.ts';
import { phase } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import { datasetChip } from './datasetChip.ts';
import { viewSwitch } from './viewSwitch.ts';

/** Model, data set, views. */
export function header(state: UnitsState, flow: Flow): TemplateResult {
  const { subject } = state;
  return html`<header class="header page-header">
    <div class="page-names">
      ${subject?.modelName === undefined ? html`<span class="page-title">Units</span>` : modelButton(state, flow)}
      ${subject?.modelName === undefined ? nothing : datasetChip(subject, flow)}
    </div>
    ${phase(state) === 'ready' ? viewSwitch(state, flow) : nothing}
  </header>`;
}

function modelButton({ subject, units }: UnitsState, flow: Flow): TemplateResult {
  const about = [
    subject?.modelPath,
    units && `${units.model.format}, ${units.model.classes} classes`,
    units?.model.engine,
    'choose another model',
  ];
  return html`<button
    class="name-button page-model"
    data-testid="model-name"
    title=${about.filter(Boolean).join('\n')}
    @click=${() => void flow.chooseModel()}
  >
    ${icon('model')}<span class="model-label">${subject?.modelName}</span>${icon('chevron')}
  </button>`;
}
