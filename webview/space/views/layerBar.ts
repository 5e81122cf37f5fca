import { html, nothing, type TemplateResult } from 'lit';
import type { FeatureLayer } from '../../../src/shared/spaceProtocol.ts';
import { iconButton } from '../../ui/button.ts';
import { select } from '../../ui/select.ts';
import type { Flow } from '../flow.ts';
import { currentLayer } from '../selectors.ts';
import type { SpaceState } from '../state.ts';

/** Which layer's features, and what they are in a line. */
export function layerBar(state: SpaceState, flow: Flow): TemplateResult | typeof nothing {
  const { space } = state;
  const layer = currentLayer(state);
  if (!space || !layer) return nothing;
  const reveal = () => void flow.ask((generation) => flow.client.call('revealLayer', { generation, layer: layer.name }));
  const options = space.layers.map(({ name, kind, dimensions }) => ({ id: name, label: `${name} · ${kind} · ${dimensions}` }));
  return html`<div class="layer-bar" role="group" aria-label="Feature layer" data-testid="layer-bar">
    <div class="layer-pick">
      ${select({ testid: 'layer', label: 'Feature layer', value: layer.name, groups: [{ label: 'Feature layers', options }], onChange: (name) => flow.chooseLayer(name) })}
      ${iconButton({ testid: 'reveal-layer', label: 'Show in the model', icon: 'reveal', onClick: reveal })}
    </div>
    <p class="small layer-about" data-testid="layer-facts">${facts(layer, space.defaultLayer)}</p>
  </div>`;
}

/** `512 features, each the mean of a channel over 13 × 13 positions · what the last linear layer reads` */
function facts({ name, dimensions, averaged }: FeatureLayer, automatic: string): string {
  const size = `${dimensions.toLocaleString('en')} features`;
  const mean = averaged ? `, each the mean of a channel over ${averaged[0]} × ${averaged[1]} positions` : '';
  return `${size}${mean}${name === automatic ? ' · what the last linear layer reads' : ''}`;
}
