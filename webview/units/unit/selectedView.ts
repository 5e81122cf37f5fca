import { html, nothing, type TemplateResult } from 'lit';
import type { Patch, Projection, UnitMap } from '../../../src/shared/unitsProtocol.ts';
import { number } from '../../draw/format.ts';
import { button } from '../../ui/button.ts';
import { painted } from '../../ui/painted.ts';
import type { Flow } from '../flow.ts';
import { boxText, cellText, shownAs } from '../patches/patchText.ts';
import { tilePicture } from '../patches/tileView.ts';
import { currentLayer } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import { isPlaced, paintWhole } from './paintWhole.ts';
import { projected } from './projectedTile.ts';
import { answered } from './section.ts';

/** The selected patch large, what drove the unit in it, and where it lies in its image. */
export function selectedView(state: UnitsState, flow: Flow): TemplateResult | typeof nothing {
  const { selected, patches, selectedProjection, selectedMap } = state.unit;
  const patch = selected === undefined ? undefined : patches.value?.patches[selected];
  if (!patch) return nothing;
  const projection = selectedProjection.value;
  return html`<div class="selected-patch" data-testid="selected-patch">
    <div class="selected-pictures">
      <figure class="selected-tile">${tilePicture(state, patch)}<figcaption class="small">patch</figcaption></figure>
      <figure class="selected-tile">
        ${selectedProjection.error ? answered(selectedProjection, 'selectedProjection', flow, () => html``) : projected(state, patch, projection && { projection })}
        <figcaption class="small">${state.choices.unitPage.rule}</figcaption>
      </figure>
      <figure class="selected-whole">
        ${answered(selectedMap, 'selectedMap', flow, (map) => whole(map, patch, projection))}
        <figcaption class="small">Line: receptive field. Dashes: 95 % of the gradient.${selectedMap.value && isPlaced(selectedMap.value) ? ` Colours: the unit, from 0 to ${number(selectedMap.value.max)}.` : nothing}</figcaption>
      </figure>
      <div class="selected-words">${facts(patch, projection)} ${buttons(state, patch, flow)}</div>
    </div>
  </div>`;
}

/** Pixels of the drawing, twice as many as on screen: the box of a few pixels must not vanish under its own line. */
function enlarged([height, width]: UnitMap['input']): { width: number; height: number } {
  const factor = Math.max(1, Math.round(640 / Math.max(width, height)));
  return { width: width * factor, height: height * factor };
}

function whole(map: UnitMap, patch: Patch, projection: Projection | undefined): TemplateResult {
  const boxes = { field: patch.field, effective: projection?.effective };
  const paint = (context: CanvasRenderingContext2D) => paintWhole(context, map, boxes);
  return html`<canvas
    class="whole"
    role="img"
    aria-label="${patch.image.name} as the network sees it, with the unit's activation and the boxes of the patch"
    data-testid="whole"
    ${painted(enlarged(map.input), [map, boxes.field, boxes.effective], paint)}
  ></canvas>`;
}

function facts(patch: Patch, projection: Projection | undefined): TemplateResult {
  return html`<dl class="selected-facts" data-testid="selected-facts">
    <dt>Image</dt>
    <dd>${patch.image.name}</dd>
    <dt>Value</dt>
    <dd>${number(patch.value)} at ${cellText(patch.at)}</dd>
    <dt>Receptive field</dt>
    <dd>${patch.field ? boxText(patch.field) : 'nothing but padding'}</dd>
    <dt>Effective</dt>
    <dd>${projection ? boxText(projection.effective) : '…'}</dd>
    <dt>Shown</dt>
    <dd>${shownAs[patch.shownAs]}, ${boxText(patch.shown)}</dd>
  </dl>`;
}

function buttons(state: UnitsState, { image }: Patch, flow: Flow): TemplateResult {
  const { client } = flow;
  const layer = currentLayer(state)?.name ?? '';
  const of = { image: image.path };
  const use = () => {
    flow.closeUnit();
    flow.chooseView('activations');
    void flow.ask((generation) => client.call('useImage', { generation, ...of }));
  };
  return html`<div class="buttons">
    ${button({ testid: 'open-image', label: 'Open image', onClick: () => void flow.ask((generation) => client.call('openImage', { generation, ...of })) })}
    ${button({ testid: 'explain-image', label: 'Explain image', onClick: () => void flow.ask((generation) => client.call('explainImage', { generation, ...of, layer })) })}
    ${button({ testid: 'use-image', label: 'Use for activations', onClick: use })}
    ${button({ testid: 'patch-layer', label: 'Layer in the model file', onClick: () => void flow.ask((generation) => client.call('revealLayer', { generation, layer })) })}
  </div>`;
}
