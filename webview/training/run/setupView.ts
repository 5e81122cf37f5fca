import { html, nothing, type TemplateResult } from 'lit';
import { familyNames } from '../../../src/shared/families.ts';
import type { MethodFamily, MethodInfo } from '../../../src/shared/protocol.ts';
import type { ExplainedClass, MapChoice } from '../../../src/shared/trainingProtocol.ts';
import { checkbox } from '../../ui/fields.ts';
import { icon } from '../../ui/icons.ts';
import { segments } from '../../ui/segments.ts';
import { select } from '../../ui/select.ts';
import type { Flow } from '../flow.ts';
import type { PageState } from '../state.ts';

const explained: readonly { id: ExplainedClass; label: string; about: string }[] = [
  { id: 'predicted', label: 'predicted class', about: 'Of what each checkpoint predicts: where does it look for what it says?' },
  { id: 'truth', label: 'true class', about: 'Of the same class at every checkpoint: where does it find what it should?' },
];

/** Stands for the method's own layer, or variant. */
const own = '';

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
      ${methodSelect(state, flow)} ${method ? variantSelect(method, subject.choice, flow) : nothing}
      ${method?.at === 'layer' ? layerSelect(state, flow) : nothing}
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

function methodSelect({ methods, subject }: PageState, flow: Flow): TemplateResult {
  const { request, of } = subject!.choice;
  const groups = (Object.keys(familyNames) as MethodFamily[]).map((family) => ({
    label: familyNames[family],
    options: methods.filter((method) => method.family === family).map(({ id, label }) => ({ id, label })),
  }));
  return select({
    ...{ testid: 'method', label: 'Method', value: request.method, groups },
    // Parameters and variant are the method's.
    onChange: (method) => choose(flow, { request: { method, ...(request.layer !== undefined && { layer: request.layer }) }, of }),
  });
}

function variantSelect({ variants }: MethodInfo, { request, of }: MapChoice, flow: Flow): TemplateResult | typeof nothing {
  if (variants.length < 2) return nothing;
  return select({
    ...{ testid: 'variant', label: 'Variant', value: request.variant ?? variants[0]?.id ?? own },
    groups: [{ label: 'Variant', options: variants.map(({ id, label }) => ({ id, label: label === '' ? id : label })) }],
    onChange: (variant) => choose(flow, { request: { ...request, variant }, of }),
  });
}

function layerSelect({ subject }: PageState, flow: Flow): TemplateResult {
  const { choice, layers } = subject!;
  const { layer, ...rest } = choice.request;
  const spatial = layers
    .filter((each) => each.spatial)
    .map(({ name, shape }) => ({ id: name, label: `${name} (${shape.slice(1).join(' × ')})` }));
  const known = layer === undefined || spatial.some(({ id }) => id === layer) ? [] : [{ id: layer, label: layer }];
  return select({
    ...{ testid: 'layer', label: 'Layer', value: layer ?? own },
    groups: [{ label: 'Layer', options: [{ id: own, label: 'the last with a map' }, ...spatial, ...known] }],
    onChange: (id) => choose(flow, { request: { ...rest, ...(id !== own && { layer: id }) }, of: choice.of }),
  });
}
