import { html, type TemplateResult } from 'lit';
import type { Filters } from '../../../src/shared/unitsProtocol.ts';
import { painted } from '../../ui/painted.ts';
import { vars } from '../../ui/vars.ts';
import { type BankLayout, bankLayout } from './bankLayout.ts';
import { filterLegend } from './filterLegend.ts';
import { factsOf, inputsBySize, kernelOf } from './kernels.ts';
import { paintKernel } from './paintKernel.ts';

export interface KernelTileOptions {
  /** An answer that holds the unit. */
  filters: Filters;
  unit: number;
  /** Colours end at the largest |weight| of the layer, or of the unit by itself. */
  scale: 'shared' | 'own';
  /** Room for it, CSS pixels. */
  width: number;
}

/** The kernel of one unit with its scale, for a page about the unit. */
export function kernelTile({ filters, unit, scale, width }: KernelTileOptions): TemplateResult {
  const layout = bankLayout(filters.info, width);
  const max = scale === 'own' ? factsOf(filters, unit).reach : filters.max;
  return html`<div class="kernel-tile" data-testid="kernel-tile">
    ${kernelCanvas({ layout, filters, unit, reach: max, label: `Kernel of unit ${unit}` })}
    ${filterLegend({ layout, max, scale: 'shared' })}
  </div>`;
}

export interface KernelCanvasOptions {
  layout: BankLayout;
  filters: Filters;
  unit: number;
  /** |weight| at the ends of the scale. */
  reach: number;
  /** Undefined: what is around it is named. */
  label?: string;
}

/** The weights of one unit, nothing interpolated. */
export function kernelCanvas({ layout, filters, unit, reach, label }: KernelCanvasOptions): TemplateResult {
  const { width, height } = layout.canvas;
  const scale = devicePixelRatio;
  const paint = (context: CanvasRenderingContext2D) => {
    const order = layout.kind === 'bars' ? inputsBySize(filters, unit) : undefined;
    paintKernel(context, layout, { kernel: kernelOf(filters, unit), reach, order }, scale);
  };
  const size = { width: width * scale, height: height * scale };
  return html`<canvas
    class="kernel of-${layout.kind}"
    role=${label === undefined ? 'presentation' : 'img'}
    aria-label=${label ?? ''}
    ${vars({ width: `${width}px`, height: `${height}px` })}
    ${painted(size, [filters, unit, reach, layout.cell, layout.perLine], paint)}
  ></canvas>`;
}
