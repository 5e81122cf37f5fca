import { html, nothing, type TemplateResult } from 'lit';
import type { MethodInfo, Prediction } from '../../../src/shared/protocol.ts';
import { shape } from '../../draw/format.ts';
import { iconButton } from '../../ui/button.ts';
import { dropdown } from '../../ui/dropdown.ts';
import { range } from '../../ui/fields.ts';
import type { Actions } from '../actions.ts';
import { currentLayer, currentMethod, spatialLayers, variantOf } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { lookControls } from './lookControls.ts';
import { paramControls } from './paramControls.ts';

/** Layer, variant and parameters: what is computed. Below: how it looks, which computes nothing. */
export function controls(state: PageState, actions: Actions): TemplateResult {
  const method = currentMethod(state);
  return html`<section class="card controls" aria-label="Map settings" data-testid="controls">
      <h2 class="card-title">Map</h2>
      ${layerSlider(state, method, actions)}
      ${method && method.variants.length > 1 ? variantPicker(state, method, actions) : nothing}
      ${method ? paramControls(state, method, actions) : nothing}
    </section>
    ${lookControls(state, actions)}`;
}

/** Every spatial layer in order of depth. */
function layerSlider(state: PageState, method: MethodInfo | undefined, actions: Actions): TemplateResult {
  const { prediction } = state;
  const layers = prediction ? spatialLayers(prediction) : [];
  const at = layers.findIndex((layer) => layer.name === currentLayer(state));
  const onInput = method?.at === 'input';
  const layer = layers[at];
  return html`${range({
    testid: 'layer',
    label: 'Layer',
    min: 0,
    max: Math.max(0, layers.length - 1),
    step: 1,
    value: Math.max(0, at),
    text: layers.length === 0 ? '' : onInput ? 'input' : `${at + 1} of ${layers.length}`,
    disabled: onInput || layers.length < 2,
    describedBy: 'layer-facts',
    onInput: (value) => actions.chooseLayer(value),
  })}
    <p class="layer-facts" id="layer-facts" data-testid="layer-facts">${layerFacts(prediction, onInput ? method : undefined, layer, actions)}</p>`;
}

function layerFacts(
  prediction: Prediction | undefined,
  onInput: MethodInfo | undefined,
  layer: ReturnType<typeof spatialLayers>[number] | undefined,
  actions: Actions,
) {
  if (!prediction) return html`<span class="skeleton line"></span>`;
  if (onInput) return html`<span class="small">${onInput.label} works on the input: it has no layer to choose.</span>`;
  if (!layer) return html`<span class="small">This model has no layer with a spatial output.</span>`;
  const isDefault = layer.name === prediction.model.defaultLayer;
  return html`<span class="layer-line"
      ><span class="layer-name" title=${layer.name}>${layer.name}</span
      >${iconButton({ testid: 'reveal-layer', label: 'Show in the model', icon: 'reveal', onClick: () => actions.revealLayer() })}${iconButton({ testid: 'show-units', label: 'Units at this layer', icon: 'units', onClick: () => actions.showUnits({ view: 'activations', layer: layer.name }) })}</span
    ><span class="small layer-kind">${layer.kind} · ${shape(layer.shape)}${isDefault ? ' · default' : ''}</span>`;
}

function variantPicker(state: PageState, method: MethodInfo, actions: Actions): TemplateResult {
  return dropdown({
    testid: 'variant',
    label: 'Variant',
    value: variantOf(state, method) ?? '',
    options: method.variants,
    onChange: (id) => actions.chooseVariant(id),
  });
}
