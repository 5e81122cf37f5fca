import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { ref } from 'lit/directives/ref.js';
import type { UnitLayer, UnitWall } from '../../../src/shared/unitsProtocol.ts';
import { focusPlace } from '../../ui/focusPlace.ts';
import { measured } from '../../ui/measured.ts';
import { painted } from '../../ui/painted.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import { currentLayer } from '../selectors.ts';
import { sighted } from '../sight.ts';
import type { UnitsState } from '../state.ts';
import { lookOf } from './look.ts';
import { paintUnit } from './paintUnit.ts';
import { isSilent, isStale, unitsInOrder, wallOf } from './selectors.ts';
import { short, unitText } from './unitText.ts';
import { wallEvents } from './wallEvents.ts';
import { type WallLayout, wallLayout } from './wallLayout.ts';

/** Stable, so that it is called when the wall comes and goes only. */
let returned: (focus: (place: number) => void) => void = () => {};
const mounted = (element: Element | undefined) => {
  if (element) queueMicrotask(() => returned((place) => focusPlace(element, place)));
};

/** The maps of all units in bands: only those in view are there, the others are room. */
export function wallView(state: UnitsState, flow: Flow): TemplateResult {
  const { activations } = flow;
  returned = (focus) => activations.returned(focus);
  const found = wallOf(state);
  const layer = found?.layer ?? currentLayer(state);
  const layout = layer && wallLayout(state, layer);
  return html`<div class="activation-wall" data-testid="unit-wall" ${measured((width) => activations.resized(width))} ${ref(mounted)}>
    ${layer && layout ? bands(state, found?.wall, layer, layout, flow) : nothing}
  </div>`;
}

function bands(state: UnitsState, wall: UnitWall | undefined, layer: UnitLayer, layout: WallLayout, flow: Flow): TemplateResult {
  const { inView, cursor } = state.activations;
  const { perBand, count, height } = layout.bands;
  const order = wall && unitsInOrder(state, wall);
  // The keyboard's unit is always there, so that it can have the focus.
  const isThere = (band: number) => inView.has(band) || band === Math.floor(cursor / perBand);
  const events = wallEvents(layer, layout, { activations: flow.activations, openUnit: (unit) => flow.openUnit(unit) });
  return html`<div
    class=${classMap({ 'wall-bands': true, stale: isStale(state) })}
    role="group"
    aria-label="Units of ${layer.name}"
    aria-busy=${state.activations.wall.loading}
    @click=${events.click}
    @keydown=${events.key}
    @focusin=${events.focus}
    @pointermove=${events.point}
    @pointerleave=${events.leave}
  >
    ${Array.from({ length: count }, (_, band) => {
      const places = () => Array.from({ length: Math.min(perBand, layer.units - band * perBand) }, (_, i) => band * perBand + i);
      const tile = (place: number) => {
        const unit = order?.[place];
        return wall && unit !== undefined ? unitTile(state, wall, layer, layout, unit, place) : waiting(layout);
      };
      return html`<div class="wall-band" ${vars({ height: `${height(band)}px` })} ${sighted(flow.activations.sight, band)}>
        ${isThere(band) ? places().map(tile) : nothing}
      </div>`;
    })}
  </div>`;
}

function unitTile(state: UnitsState, wall: UnitWall, layer: UnitLayer, layout: WallLayout, unit: number, place: number): TemplateResult {
  const look = lookOf(state, wall, unit);
  const { map } = layout;
  const size = { width: map.width * devicePixelRatio, height: map.height * devicePixelRatio };
  const inputs = [wall, unit, look.scale.high, look.colorMap, look.under, look.smooth];
  const text = unitText(state, wall, layer, unit);
  return html`<button
    class=${classMap({ 'wall-tile': true, silent: isSilent(wall, layer, unit) })}
    tabindex=${place === state.activations.cursor ? 0 : -1}
    aria-label="unit ${unit}: ${text}"
    title="unit ${unit}&#10;${text}"
    data-testid="map-${unit}"
    data-unit=${unit}
    data-place=${place}
    ${vars({ width: `${layout.unit.width}px`, height: `${layout.unit.height}px` })}
  >
    <canvas
      class="wall-map"
      role="presentation"
      ${vars({ width: `${map.width}px`, height: `${map.height}px` })}
      ${painted(size, inputs, (context) => paintUnit(context, wall, unit, look))}
    ></canvas>
    <span class="wall-label" ${vars({ width: `${Math.max(map.width, 60)}px` })}><span>${unit}</span><span class="small">${short(wall.max[unit] ?? 0)}</span></span>
  </button>`;
}

function waiting({ unit, map }: WallLayout): TemplateResult {
  return html`<span class="wall-tile" ${vars({ width: `${unit.width}px`, height: `${unit.height}px` })}
    ><span class="skeleton wall-map" ${vars({ width: `${map.width}px`, height: `${map.height}px` })}></span
  ></span>`;
}
