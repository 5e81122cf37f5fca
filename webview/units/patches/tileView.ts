import { html, type nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { Patch } from '../../../src/shared/unitsProtocol.ts';
import { paintRgb } from '../../draw/rgb.ts';
import { painted } from '../../ui/painted.ts';
import { vars } from '../../ui/vars.ts';
import { currentLayer } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import { tileBox } from './tileBox.ts';

/** A patch enlarged into a square of the same size for all; the square's empty part lies outside of the image. */
export function tilePicture(state: UnitsState, patch: Patch): TemplateResult {
  const { pixels } = patch;
  return tileFrame(
    state,
    patch,
    html`<canvas
      class="tile-pixels"
      aria-hidden="true"
      ${painted(pixels, [pixels], (context) => paintRgb(context, pixels))}
    ></canvas>`,
  );
}

/** The square, with something at the patch's place in it. */
export function tileFrame(state: UnitsState, patch: Patch, content: TemplateResult | typeof nothing): TemplateResult {
  const input = state.units?.model.input;
  const box = tileBox(patch, currentLayer(state)?.receptiveField?.size, [input?.height ?? 0, input?.width ?? 0]);
  const place = { left: percent(box.x), top: percent(box.y), width: percent(box.width), height: percent(box.height) };
  return html`<span class=${classMap({ tile: true, [patch.shownAs]: true, pixelated: !state.choices.patches.smooth })}>
    <span class="tile-part" ${vars(place)}>${content}</span>
  </span>`;
}

function percent(share: number): string {
  return `${100 * share}%`;
}
