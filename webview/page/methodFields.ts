import { html, nothing, type TemplateResult } from 'lit';
import { familyNames } from '../../src/shared/families.ts';
import type { LayerInfo, MethodFamily, MethodInfo } from '../../src/shared/protocol.ts';
import type { ProbeMapRequest } from '../../src/shared/trainingProtocol.ts';
import { select } from '../ui/select.ts';

export interface MethodFieldsOptions {
  methods: readonly MethodInfo[];
  layers: readonly LayerInfo[];
  request: ProbeMapRequest;
  onChange: (request: ProbeMapRequest) => void;
}

/** Stands for the method's own layer, or variant. */
const own = '';

/** Which maps are made of probes: the method, its variant where there are several, its layer where it has one. */
export function methodFields(options: MethodFieldsOptions): TemplateResult {
  const method = options.methods.find(({ id }) => id === options.request.method);
  return html`${methodSelect(options)} ${method ? variantSelect(method, options) : nothing}
    ${method?.at === 'layer' ? layerSelect(options) : nothing}`;
}

function methodSelect({ methods, request: { method: value, layer }, onChange }: MethodFieldsOptions): TemplateResult {
  const groups = (Object.keys(familyNames) as MethodFamily[]).map((family) => ({
    label: familyNames[family],
    options: methods.filter((method) => method.family === family).map(({ id, label }) => ({ id, label })),
  }));
  return select({
    ...{ testid: 'method', label: 'Method', value, groups },
    // Parameters and variant are the method's.
    onChange: (method) => onChange({ method, ...(layer !== undefined && { layer }) }),
  });
}

function variantSelect({ variants }: MethodInfo, { request, onChange }: MethodFieldsOptions): TemplateResult | typeof nothing {
  if (variants.length < 2) return nothing;
  return select({
    ...{ testid: 'variant', label: 'Variant', value: request.variant ?? variants[0]?.id ?? own },
    groups: [{ label: 'Variant', options: variants.map(({ id, label }) => ({ id, label: label === '' ? id : label })) }],
    onChange: (variant) => onChange({ ...request, variant }),
  });
}

function layerSelect({ layers, request, onChange }: MethodFieldsOptions): TemplateResult {
  const { layer, ...rest } = request;
  const spatial = layers
    .filter((each) => each.spatial)
    .map(({ name, shape }) => ({ id: name, label: `${name} (${shape.slice(1).join(' × ')})` }));
  const known = layer === undefined || spatial.some(({ id }) => id === layer) ? [] : [{ id: layer, label: layer }];
  return select({
    ...{ testid: 'layer', label: 'Layer', value: layer ?? own },
    groups: [{ label: 'Layer', options: [{ id: own, label: 'the last with a map' }, ...spatial, ...known] }],
    onChange: (id) => onChange({ ...rest, ...(id !== own && { layer: id }) }),
  });
}
