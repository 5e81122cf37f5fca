import { html, nothing, type TemplateResult } from 'lit';
import { modelButton } from '../../page/modelButton.ts';
import type { Flow } from '../flow.ts';
import { phase } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import { datasetChip } from './datasetChip.ts';
import { viewSwitch } from './viewSwitch.ts';

/** Model, data set, views. */
export function header(state: UnitsState, flow: Flow): TemplateResult {
  const { subject, units } = state;
  const name = subject?.modelName;
  return html`<header class="header page-header">
    <div class="page-names">
      ${
        name === undefined
          ? html`<span class="page-title">Units</span>`
          : modelButton({ name, path: subject?.modelPath, model: units?.model, onChoose: () => void flow.chooseModel() })
      }
      ${subject === undefined || name === undefined ? nothing : datasetChip(subject, flow)}
    </div>
    ${phase(state) === 'ready' ? viewSwitch(state, flow) : nothing}
  </header>`;
}
