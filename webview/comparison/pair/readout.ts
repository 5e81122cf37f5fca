import { html, type TemplateResult } from 'lit';
import { number } from '../../draw/format.ts';
import type { ComparisonState } from '../state.ts';
import { signedText } from '../views/summaryText.ts';
import type { PairModel } from './pairModel.ts';
import { cellOf } from './place.ts';

/** The three values at the place that is pointed at. */
export function readout({ place, subject }: ComparisonState, { maps, difference }: PairModel): TemplateResult {
  const map = difference ?? maps.to ?? maps.from;
  const text =
    place && map && subject
      ? valuesText()
      : 'Point at a picture, or move over it with the arrow keys, to read its values. Home: the largest difference.';
  return html`<p class="pair-readout ${place ? '' : 'small'}" id="readout" role="status" aria-live="polite" data-testid="readout">${text}</p>`;

  function valuesText(): string {
    const { row, column } = cellOf(map!, place!);
    const at = row * map!.width + column;
    const value = (of: { values: Float32Array } | undefined) => (of ? number(of.values[at] as number) : '–');
    const { from, to } = subject!;
    const change = difference ? ` · difference ${signedText(difference.values[at] as number)}` : '';
    return `Row ${row + 1}, column ${column + 1} of ${map!.height} × ${map!.width}: ${from.name} ${value(maps.from)} · ${to.name} ${value(maps.to)}${change}`;
  }
}
