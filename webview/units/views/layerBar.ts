import { html, nothing, type TemplateResult } from 'lit';
import type { UnitLayer } from '../../../src/shared/unitsProtocol.ts';
import { shape } from '../../draw/format.ts';
import { iconButton } from '../../ui/button.ts';
import { select } from '../../ui/select.ts';
import type { Flow } from '../flow.ts';
import { currentLayer } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import { layerFacts } from './layerFacts.ts';

/** Which layer: its neighbours, its place in the model, and what it is in a line. */
export function layerBar(state: UnitsState, flow: Flow): TemplateResult | typeof nothing {
  const { units } = state;
  const layer = currentLayer(state);
  if (!units || !layer) return nothing;
  const at = units.layers.indexOf(layer);
  const reveal = () => void flow.ask((generation) => flow.client.call('revealLayer', { generation, layer: layer.name }));
  return html`<div class="layer-bar" role="group" aria-label="Layer" data-testid="layer-bar">
    <div class="layer-pick">
      ${iconButton({ testid: 'previous-layer', label: 'Previous layer ([)', icon: 'left', disabled: at === 0, onClick: () => flow.stepLayer(-1) })}
      ${select({ testid: 'layer', label: 'Layer', value: layer.name, groups: groupsOf(units.layers), onChange: (name) => flow.chooseLayer(name) })}
      ${iconButton({ testid: 'next-layer', label: 'Next layer (])', icon: 'right', disabled: at === units.layers.length - 1, onClick: () => flow.stepLayer(1) })}
      ${iconButton({ testid: 'reveal-layer', label: 'Show in the model', icon: 'reveal', onClick: reveal })}
    </div>
    <p class="small layer-about" data-testid="layer-facts">${layerFacts(layer, units.model.input)}</p>
  </div>`;
}

interface Group {
  label: string;
  options: { id: string; label: string }[];
}

const grouped = new WeakMap<readonly UnitLayer[], readonly Group[]>();

/** In order of depth, together as long as the resolution stays. Worked out once: there may be a thousand. */
function groupsOf(layers: readonly UnitLayer[]): readonly Group[] {
  const known = grouped.get(layers);
  if (known) return known;
  const groups: Group[] = [];
  for (const { name, kind, units, height, width } of layers) {
    const label = height * width === 1 ? 'Vectors' : shape([height, width]);
    if (groups.at(-1)?.label !== label) groups.push({ label, options: [] });
    groups.at(-1)?.options.push({ id: name, label: `${name} · ${kind} · ${units}` });
  }
  grouped.set(layers, groups);
  return groups;
}
