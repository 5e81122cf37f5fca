import { html, type TemplateResult } from 'lit';
import { number } from '../../../draw/format.ts';
import { scaleBar } from '../../../page/scaleBar.ts';
import { button } from '../../../ui/button.ts';
import type { PageState } from '../../state.ts';
import { type Cell, nameOf } from '../cells.ts';
import type { CompareActions } from '../compareActions.ts';
import { type GridModel, pictureOf } from '../gridModel.ts';
import { valueAt } from '../read.ts';
import { cellPicture } from './cellView.ts';

/** One map in place of the grid: what Explain, which knows the panel's own subject and no differences, cannot show. */
export function enlargedView(state: PageState, model: GridModel, cell: Cell, compare: CompareActions): TemplateResult {
  const content = model.contents.get(cell.key) ?? { state: 'waiting', note: undefined, map: undefined };
  const scale = model.scales.get(cell.key);
  const { size } = pictureOf(state, cell.side);
  const width = Math.max(160, Math.min(state.compare.width, 900));
  const box = { width, height: Math.min(Math.round((width * size.height) / size.width), Math.max(220, innerHeight - 260)) };
  const { map } = content;
  const { probe } = state.compare;
  const value = probe && map && valueAt(state, cell, map, probe);
  return html`<div class="enlarged" data-testid="enlarged">
    <div class="bar-line">
      ${button({ testid: 'enlarged-back', label: 'Back to the grid', onClick: () => compare.back() })}
      <strong>${nameOf(cell.ref)}</strong><span>${cell.title}</span><span class="small">${map?.layer ?? ''}</span>
    </div>
    ${cellPicture(state, model, cell, content, box, compare)}
    ${scale ? scaleBar(scale) : ''}
    <p class="small">${map ? `${map.target} · ${map.unit}` : ''}</p>
    <p data-testid="enlarged-value">${value === undefined ? '' : number(value)}</p>
  </div>`;
}
