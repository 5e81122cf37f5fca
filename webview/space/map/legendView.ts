import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { css, type MapTheme, rampColour } from '../../draw/classColours.ts';
import { painted } from '../../ui/painted.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { SpaceState } from '../state.ts';
import type { Group } from './grouping.ts';
import { colouringNames, count, pictures, scaleText } from './mapText.ts';
import { currentGrouping } from './selectors.ts';

/** What the colours mean; each one is a button that shows only its points. */
export function legendView(state: SpaceState, flow: Flow): TemplateResult | typeof nothing {
  const { shown, only, theme } = state.map;
  if (!shown) return nothing;
  const { colouring, groups, scale } = currentGrouping(state, shown);
  const ringed = colouring !== 'correct' && shown.rows.labels.some((label) => label >= 0) && shown.rows.modelClasses > 0;
  const sum = groups.reduce((all, group) => all + (only?.has(group.id) ? group.count : 0), 0);
  return html`<section class="map-legend" aria-label="Legend" data-testid="map-legend">
    <h2 class="card-title">${colouringNames[colouring]}</h2>
    ${scale ? ramp(scale, theme) : html`<ul class="map-groups">${groups.map((group) => entry(state, flow, group))}</ul>`}
    ${
      only
        ? html`<div class="map-only">
            <button class="link" data-testid="map-select-shown" @click=${() => flow.map.selectShown()}>Select ${pictures(sum)}</button>
            <button class="link" data-testid="map-show-all" @click=${() => flow.map.showAll()}>Show all</button>
          </div>`
        : nothing
    }
    ${ringed ? html`<p class="small map-ringed"><span class="map-swatch ringed" aria-hidden="true"></span>ringed: the network says something else than the label</p>` : nothing}
  </section>`;
}

function entry({ map }: SpaceState, flow: Flow, { id, name, colour, count: of }: Group): TemplateResult {
  const on = !map.only || map.only.has(id);
  return html`<li>
    <button
      class=${classMap({ 'map-group': true, off: !on })}
      data-testid="map-group"
      data-group=${id}
      aria-pressed=${map.only?.has(id) ?? false}
      title=${`${name}: ${pictures(of)}\nClick: only these; click others to add them`}
      @click=${() => flow.map.toggleGroup(id)}
      @pointerenter=${() => flow.map.light(id)}
      @pointerleave=${() => flow.map.light(undefined)}
    >
      <span class="map-swatch" aria-hidden="true" ${vars({ '--colour': css(colour) })}></span><span class="map-group-name">${name}</span
      ><span class="map-group-count">${count(of)}</span>
    </button>
  </li>`;
}

function ramp([low, high]: readonly [number, number], theme: MapTheme): TemplateResult {
  const paint = (pen: CanvasRenderingContext2D) => {
    const { width, height } = pen.canvas;
    for (let x = 0; x < width; x++) {
      pen.fillStyle = css(rampColour(x / (width - 1), theme));
      pen.fillRect(x, 0, 1, height);
    }
  };
  return html`<canvas class="legend-bar" aria-hidden="true" ${painted({ width: 256, height: 1 }, [theme.dark], paint)}></canvas>
    <p class="legend-values"><span>${scaleText(low)}</span><span></span><span>${scaleText(high)}</span></p>
    <p class="small">of the predicted class; the low end is what guessing would give</p>`;
}
