import { html, type nothing, type TemplateResult } from 'lit';
import type { ColorScale } from '../../../src/shared/colorScale.ts';
import type { ComparisonSubject } from '../../../src/shared/trainingProtocol.ts';
import { colorMapFor } from '../../draw/palette.ts';
import { scaleBar } from '../../page/scaleBar.ts';

interface Legend {
  scale: ColorScale | undefined;
  differenceScale: ColorScale | undefined;
  unit: string | undefined;
}

/** What the colours of maps and difference mean. */
export function legendView({ scale, differenceScale, unit }: Legend, { to }: ComparisonSubject): TemplateResult {
  return html`<div class="pair-legends" data-testid="legends">
    <div class="pair-legend" data-testid="legend-maps">
      ${bar(scale)}
      <p class="small">Both maps on one scale${unit === undefined ? '' : ` · ${unit}`}</p>
    </div>
    <div class="pair-legend" data-testid="legend-difference">
      ${bar(differenceScale)}
      <p class="small pair-ends"><span>less in ${to.name}</span><span>more in ${to.name}</span></p>
    </div>
  </div>`;
}

function bar(scale: ColorScale | undefined): TemplateResult | typeof nothing {
  if (!scale || scale.flat) return html`<div class="legend-bar none"></div>`;
  return scaleBar({ ...scale, beyond: false, colorMap: colorMapFor(scale, {}) });
}
