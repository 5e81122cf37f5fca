import { html, type TemplateResult } from 'lit';
import type { Patch, ProjectionOutcome } from '../../../src/shared/unitsProtocol.ts';
import { projectionPixels } from '../../draw/projection.ts';
import { icon } from '../../ui/icons.ts';
import { painted } from '../../ui/painted.ts';
import { tileFrame } from '../patches/tileView.ts';
import type { UnitsState } from '../state.ts';

/** A projection where its patch would be. */
export function projected(state: UnitsState, patch: Patch, outcome: ProjectionOutcome | undefined): TemplateResult {
  if (!outcome) return tileFrame(state, patch, html`<span class="tile-pixels skeleton"></span>`);
  if ('error' in outcome)
    return tileFrame(state, patch, html`<span class="tile-error" title=${outcome.error.message}>${icon('error')}</span>`);
  const { projection } = outcome;
  const paint = (context: CanvasRenderingContext2D) => context.putImageData(projectionPixels(projection, patch.shown), 0, 0);
  return tileFrame(
    state,
    patch,
    html`<canvas class="tile-pixels" aria-hidden="true" ${painted(patch.shown, [projection], paint)}></canvas>`,
  );
}
