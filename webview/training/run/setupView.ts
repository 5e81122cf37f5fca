import { html, nothing, type TemplateResult } from 'lit';
import type { ExplainedClass, MapChoice } from '../../../src/shared/trainingProtocol.ts';
import { methodFields } from '../../page/methodFields.ts';
import { checkbox } from '../../ui/fields.ts';
import { icon } from '../../ui/icons.ts';
import { segments } from '../../ui/segments.ts';
import type { Flow } from '../flow.ts';
import type { PageState } from '../state.ts';

const explained: readonly { id: ExplainedClass; label: string; about: string }[] = [
  { id: 'predicted', label: 'predicted class', about: 'Of what each checkpoint predicts: where does it look for what it says?' },
  { id: 'truth', label: 'true class', about: 'Of the same class at every checkpoint: where does it find what it should?' },
];

/** Which maps are made at each checkpoint. */
export function setupView(state: PageState, flow: Flow): TemplateResult | typeof nothing {
  const { subject, methods, choices } = state;
  if (!subject || methods.length === 0) return nothing;
  const { request, of } = subject.choice;
  const method = methods.find(({ id }) => id === request.method);
  const toggled = (event: Event) => {
    const { open } = event.target as HTMLDetailsElement;
    if (open !== (choices.setup ?? false)) flow.choose({ setup: open || undefined });
  };
  const layer = state.frames.values().next().value?.map.layer ?? request.layer;
  const where = method?.at === 'layer' && layer !== undefined ? ` at ${layer}` : '';
  return html`<details class="setup" data-testid="setup" ?open=${choices.setup ?? false} @toggle=${toggled}>
    <summary title="Which maps are made at each checkpoint">${icon('chevron')}<span class="setup-words">${method?.label ?? request.method}${where}, ${of === 'truth' ? 'true' : 'predicted'} class</span></summary>
    <div class="setup-fields">
      ${methodFields({ methods, layers: subject.layers, request, onChange: (chosen) => choose(flow, { request: chosen, of }) })}
      ${segments({ testid: 'explained', label: 'Class that the maps explain', value: of, options: explained, onChange: (id) => choose(flow, { request, of: id }) })}
      ${checkbox('own-scales', 'Each map its own scale, not one per picture', choices.ownScales ?? false, (ownScales) => flow.choose({ ownScales: ownScales || undefined }))}
      <p class="small">
        ${explained.find(({ id }) => id === of)?.about} ${method?.slow ? html`<strong>${method.label} asks the network many times: each checkpoint takes long.</strong>` : nothing}
        Another map is made for every checkpoint anew, the newest first.
      </p>
    </div>
  </details>`;
}

function choose(flow: Flow, choice: MapChoice): void {
  void flow.ask(() => flow.client.call('choose', { choice }));
}
