import { html, nothing, type TemplateResult } from 'lit';
import type { ColorMapId } from '../../src/shared/colorMaps.ts';
import type { ColorScale } from '../../src/shared/colorScale.ts';
import { number } from '../draw/format.ts';
import { paintRamp } from '../draw/ramp.ts';
import { painted } from '../ui/painted.ts';

export interface BarScale extends Pick<ColorScale, 'kind' | 'low' | 'high'> {
  /** Some values lie beyond the ends. */
  beyond: boolean;
  colorMap: ColorMapId;
}

/** What stands at the two ends of a bar of colours. */
export function endsOf({ kind, low, high, beyond }: Omit<BarScale, 'colorMap'>): [string, string] {
  const first = low > 0 && low < 1e-4 * high ? '≈ 0' : number(low);
  return [`${kind === 'diverging' && beyond ? '≤ ' : ''}${first}`, `${beyond ? '≥ ' : ''}${number(high)}`];
}

/** A bar of colours with the values at its ends. */
export function scaleBar(scale: BarScale): TemplateResult {
  const { kind, colorMap } = scale;
  const [first, end] = endsOf(scale);
  return html`<div class="scale-bar" role="img" aria-label="Colours from ${first} to ${end}">
    ${gradient(colorMap)}
    <div class="scale-ends" aria-hidden="true"><span data-testid="scale-low">${first}</span>${kind === 'diverging' ? html`<span>0</span>` : nothing}<span data-testid="scale-high">${end}</span></div>
  </div>`;
}

export function gradient(colorMap: ColorMapId): TemplateResult {
  return html`<canvas class="legend-bar" aria-hidden="true" ${painted({ width: 256, height: 1 }, [colorMap], (context) => paintRamp(context, colorMap))}></canvas>`;
}
