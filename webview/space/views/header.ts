import { html, nothing, type TemplateResult } from 'lit';
import type { SpaceView } from '../../../src/shared/spaceProtocol.ts';
import { icon } from '../../ui/icons.ts';
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
  const { subject } = state;
  return html`<header class="header page-header">
    <div class="page-names">
      ${subject?.modelName === undefined ? html`<span class="page-title">Feature Space</span>` : modelButton(state, flow)}
      ${subject?.modelName === undefined ? nothing : datasetChip(state, flow)}
    </div>
    ${
      phase(state) === 'ready'
        ? segments({ testid: 'view', label: 'View', value: state.choices.view, options: views, onChange: (id) => flow.chooseView(id) })
        : nothing
    }
  </header>`;
}

function modelButton({ subject, space }: SpaceState, flow: Flow): TemplateResult {
  const about = [
    subject?.modelPath,
    space && `${space.model.format}, ${space.model.classes} classes`,
    space?.model.engine,
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
