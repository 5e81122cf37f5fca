import { html, type TemplateResult } from 'lit';
import type { UnitLayer, UnitWall } from '../../../src/shared/unitsProtocol.ts';
import { number, shape } from '../../draw/format.ts';
import { colorMapFor } from '../../draw/palette.ts';
import { paintRamp } from '../../draw/ramp.ts';
import { painted } from '../../ui/painted.ts';
import type { UnitsState } from '../state.ts';
import { countSilent } from './selectors.ts';
import { sharedScale } from './wallScale.ts';

/** What the colours mean, whether units can be compared, and how many of them say nothing. */
export function wallLegend({ choices }: UnitsState, wall: UnitWall, layer: UnitLayer): TemplateResult {
  const { scale: sharing } = choices.activations;
  const scale = sharedScale(wall);
  const isOwn = sharing === 'own';
  const isSigned = scale.kind === 'diverging';
  const low = isSigned ? (isOwn ? '− own largest' : number(scale.low)) : '0';
  const high = isOwn ? 'own largest' : number(scale.high);
  const colorMap = colorMapFor(scale, choices.activations);
  return html`<div class="activation-legend" data-testid="wall-legend">
    <div class="legend">
      <canvas
        class="legend-bar"
        role="img"
        aria-label="Colours from ${low} to ${high}"
        ${painted({ width: 256, height: 1 }, [colorMap], (context) => paintRamp(context, colorMap))}
      ></canvas>
      <div class="legend-values">
        <span data-testid="wall-low">${low}</span><span>${isSigned ? '0' : ''}</span><span data-testid="wall-high">${high}</span>
      </div>
    </div>
    <p class="small">
      <span data-testid="wall-sharing">${isOwn ? 'Each map has its own scale: strengths do not compare.' : 'One scale for all maps: the same colour is the same value.'}</span>
      <span data-testid="wall-silent">${silent(wall, layer)}</span>
      ${reduced(wall, layer)}
    </p>
  </div>`;
}

function silent(wall: UnitWall, layer: UnitLayer): string {
  const count = countSilent(wall, layer);
  if (count === 0) return `All ${layer.units} units are active somewhere on this picture.`;
  return `${count} of ${layer.units} units ${count === 1 ? 'is' : 'are'} silent on this picture.`;
}

function reduced(wall: UnitWall, layer: UnitLayer): string {
  if (wall.height === layer.height && wall.width === layer.width) return '';
  return `Drawn at ${shape([wall.height, wall.width])}, the largest value of each block of the ${shape([layer.height, layer.width])} cells.`;
}
