import { html, nothing, type TemplateResult } from 'lit';
import { number } from '../../draw/format.ts';
import { paintRamp } from '../../draw/ramp.ts';
import { painted } from '../../ui/painted.ts';
import type { BankLayout } from './bankLayout.ts';
import type { FiltersChoices } from './choices.ts';
import { colourByte, signedMap } from './paintKernel.ts';

interface Options {
  layout: BankLayout;
  /** Largest |weight| of the layer, or of the one unit that is shown. */
  max: number;
  scale: FiltersChoices['scale'];
}

/** The colours, or heights, with their numbers. */
export function filterLegend({ layout, max, scale }: Options): TemplateResult {
  const [low, high] = scale === 'own' ? ['− own largest', '+ own largest'] : [number(-max), number(max)];
  const { colour } = layout.info;
  return html`<div class="legend filters-legend" data-testid="filters-legend">
    <canvas
      class="legend-bar ${colour ? 'colours' : ''}"
      role="img"
      aria-label="Weights from ${low} to ${high}"
      ${painted({ width: 255, height: colour ? 3 : 1 }, [colour], (context) => (colour ? colourRamps(context) : paintRamp(context, signedMap)))}
    ></canvas>
    <div class="legend-values">
      <span data-testid="filters-low">${low}</span><span>0</span><span data-testid="filters-high">${high}</span>
    </div>
    ${note(layout)}
  </div>`;
}

function note({ kind, drawn, info }: BankLayout): TemplateResult | typeof nothing {
  if (kind !== 'bars') return nothing;
  const which = drawn < info.inputs ? `the ${drawn} largest of ${info.inputs} inputs` : `${info.inputs} inputs`;
  return html`<p class="small" data-testid="filters-note">A bar per input, largest |weight| first (${which}).</p>`;
}

/** A line per channel, from its least to its most, the other two at 0. */
function colourRamps(context: CanvasRenderingContext2D): void {
  const { width } = context.canvas;
  const image = context.createImageData(width, 3);
  image.data.fill(255);
  for (let channel = 0; channel < 3; channel++) {
    for (let x = 0; x < width; x++) {
      const at = 4 * (channel * width + x);
      for (let c = 0; c < 3; c++) image.data[at + c] = colourByte(c === channel ? (2 * x) / (width - 1) - 1 : 0, 1);
    }
  }
  context.putImageData(image, 0, 0);
}
