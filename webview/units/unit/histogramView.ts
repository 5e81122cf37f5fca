import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from 'lit';
import type { UnitSummary } from '../../../src/shared/unitsProtocol.ts';
import { number, percent } from '../../draw/format.ts';
import { thresholdText } from './thresholdText.ts';

/** Size of the drawing in its own units. */
const width = 256;
const height = 72;

/** How often the unit has which value; bars grow with the logarithm of the count, for most cells are near the lower end. */
export function histogramView(summary: UnitSummary): TemplateResult {
  const { min, max, mean, active, images, cells } = summary;
  return html`<svg
      class="histogram"
      viewBox="0 0 ${width} ${height}"
      preserveAspectRatio="none"
      role="img"
      aria-label="Histogram of the values of ${cells} cells from ${number(min)} to ${number(max)}. ${thresholdText(summary)}"
      data-testid="histogram"
    >
      ${bars(summary)} ${line(summary)}
    </svg>
    <p class="histogram-ends small"><span>${number(min)}</span><span>cells per value, logarithmic</span><span>${number(max)}</span></p>
    <p class="small" data-testid="summary-facts">
      min ${number(min)} · max ${number(max)} · mean ${number(mean)} · active in ${percent(active)} of ${cells} cells of ${images}
      ${images === 1 ? 'picture' : 'pictures'}
    </p>`;
}

function bars({ histogram: { counts, edges }, threshold }: UnitSummary): SVGTemplateResult[] {
  const tallest = Math.log1p(counts.reduce((most, count) => Math.max(most, count), 0)) || 1;
  const wide = width / counts.length;
  return Array.from(counts, (count, i) => {
    const tall = (height * Math.log1p(count)) / tallest;
    const middle = ((edges[i] ?? 0) + (edges[i + 1] ?? 0)) / 2;
    return svg`<rect class=${middle > threshold ? 'bar-above' : 'bar-of'} data-count=${count} x=${i * wide} y=${height - tall} width=${0.88 * wide} height=${tall} />`;
  });
}

function line({ min, max, threshold }: UnitSummary): SVGTemplateResult | typeof nothing {
  if (!(max > min)) return nothing;
  const x = (width * (Math.min(max, Math.max(min, threshold)) - min)) / (max - min);
  return svg`<line class="chart-line" data-testid="threshold-line" x1=${x} x2=${x} y1="0" y2=${height} />`;
}
