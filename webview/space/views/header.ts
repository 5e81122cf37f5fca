import { html, nothing, type TemplateResult } from 'lit';
import type { SpaceView } from '../../../src/shared/spaceProtocol.ts';
import { modelButton } from '../../page/modelButton.ts';
import { segments } from '../../ui/segments.ts';
import type { Flow } from '../flow.ts';
import { phase } from '../selectors.ts';
import type { SpaceState } from '../state.ts';
import { datasetChip } from './datasetChip.ts';

const views: readonly { id: SpaceView; label: string; about: string }[] = [
  { id: 'map', label: 'Map', about: 'All pictures, laid out so that those the network thinks alike lie together' },
  { id: 'neighbours', label: 'Neighbours', about: 'The pictures most like one' },
  { id: 'mistakes', label: 'Mistakes', about: 'Which classes are taken for which, and where labels may be wrong' },
];

/** Model, data set, views. */
export function header(state: SpaceState, flow: Flow): TemplateResult {
  const { subject, space } = state;
  const name = subject?.modelName;
  return html`<header class="header page-header">
    <div class="page-names">
      ${
        name === undefined
          ? html`<span class="page-title">Feature Space</span>`
          : modelButton({ name, path: subject?.modelPath, model: space?.model, onChoose: () => void flow.chooseModel() })
      }
      ${subject === undefined || name === undefined ? nothing : datasetChip(state, flow)}
    </div>
    ${
      phase(state) === 'ready'
        ? segments({ testid: 'view', label: 'View', value: state.choices.view, options: views, onChange: (id) => flow.chooseView(id) })
        : nothing
    }
  </header>`;
}
