import { html, nothing, type TemplateResult } from 'lit';
import type { UnitMap, UnitMapOutcome } from '../../../src/shared/unitsProtocol.ts';
import { number } from '../../draw/format.ts';
import { button } from '../../ui/button.ts';
import { range } from '../../ui/fields.ts';
import { painted } from '../../ui/painted.ts';
import { segments } from '../../ui/segments.ts';
import type { Flow } from '../flow.ts';
import type { UnitsState } from '../state.ts';
import { mapImages } from './images.ts';
import { paintThresholded } from './paintThresholded.ts';
import { answered } from './section.ts';
import { type Threshold, thresholdOf } from './threshold.ts';
import { doubt, shareText, thresholdText } from './thresholdText.ts';

/** The unit over a row of images: what lies above its threshold stays bright, as in Network Dissection (Bau 2017). */
export function mapsView(state: UnitsState, flow: Flow): TemplateResult {
  const { maps } = state.unit;
  const threshold = thresholdOf(state);
  return html`${tools(state, flow)}
    ${
      (state.subject?.dataset?.images.length ?? 0) === 0 && mapImages(state).images.length === 0
        ? html`<p class="small" data-testid="maps-none">There are no pictures to look at.</p>`
        : answered(
            maps,
            'maps',
            flow,
            (outcomes) => html`<ul class="unit-maps" data-testid="unit-maps">
              ${outcomes.map((outcome, i) => html`<li>${one(state, outcome, i, threshold)}</li>`)}
            </ul>`,
          )
    }
    ${threshold ? thresholdLine(threshold) : nothing}`;
}

function tools(state: UnitsState, flow: Flow): TemplateResult {
  const { kind } = mapImages(state);
  const { quantile } = state.choices;
  const at = nearest(quantile);
  return html`<div class="top-tools">
    ${segments({
      testid: 'map-images',
      label: 'Images',
      value: kind,
      options: [
        { id: 'top', label: 'Top images', disabled: (state.unit.patches.value?.patches.length ?? 0) === 0 },
        { id: 'random', label: 'Random images' },
      ],
      onChange: (images) => flow.unit.choose({ images }),
    })}
    ${kind === 'random' ? button({ testid: 'draw-again', label: 'Others', onClick: () => flow.unit.draw() }) : nothing}
    ${range({
      testid: 'quantile',
      label: 'Share above the threshold',
      min: 0,
      max: quantiles.length - 1,
      step: 1,
      value: at,
      text: shareText(quantile),
      onInput: (place) => flow.choose({ quantile: quantiles[place] ?? quantile }),
    })}
  </div>`;
}

const quantiles = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];

function nearest(quantile: number): number {
  const far = (share: number) => Math.abs(Math.log(share / quantile));
  return quantiles.reduce((best, share, i) => (far(share) < far(quantiles[best] ?? 1) ? i : best), 0);
}

function one(state: UnitsState, outcome: UnitMapOutcome | undefined, index: number, threshold: Threshold | undefined): TemplateResult {
  if (!outcome) {
    const image = mapImages(state).images[index];
    return html`<span class="unit-map skeleton"></span><span class="small unit-map-name">${image?.name}</span>`;
  }
  if ('error' in outcome)
    return html`<span class="unit-map failed small" data-testid="unit-map-error">${outcome.error.message}</span>
      <span class="small unit-map-name">${outcome.image.name}</span>`;
  const { map } = outcome;
  return html`${picture(map, threshold)}
    <span class="small unit-map-name" title=${map.image.name}>${map.image.name}</span>
    <span class="small">max ${number(map.max)}</span>`;
}

/** Pixels of the drawing per pixel of the network's input: the region of a small input gets smooth edges. */
function size([height, width]: UnitMap['input']): { width: number; height: number } {
  const factor = Math.max(1, Math.round(192 / Math.max(width, height)));
  return { width: width * factor, height: height * factor };
}

function picture(map: UnitMap, threshold: Threshold | undefined): TemplateResult {
  const at = threshold?.value;
  return html`<canvas
    class="unit-map"
    role="img"
    aria-label="${map.image.name}: ${at === undefined ? 'no threshold yet' : map.max > at ? 'has a region above the threshold' : 'nowhere above the threshold'}"
    data-testid="unit-map"
    ${painted(size(map.input), [map, at], (context) => paintThresholded(context, map, at))}
  ></canvas>`;
}

function thresholdLine({ from, summary }: Threshold): TemplateResult {
  const doubts = doubt(summary);
  const where = from === 'dataset' ? '' : ` Only over the ${summary.images} pictures shown: nothing is collected of this layer.`;
  return html`<p class="small" data-testid="threshold">${thresholdText(summary)}${where}</p>
    ${doubts === undefined ? nothing : html`<p class="small warning-text" data-testid="threshold-doubt">${doubts}</p>`}`;
}
