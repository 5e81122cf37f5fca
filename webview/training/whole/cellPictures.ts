import { html, nothing, type TemplateResult } from 'lit';
import { counted, number, pairTitle } from '../../confusion/text.ts';
import type { Flow } from '../flow.ts';
import type { PageState } from '../state.ts';
import { pictureList } from './pictureList.ts';
import type { Sight } from './selectors.ts';

/** Pictures of the open cell: those that came since the checkpoint before first. */
export function cellPictures(state: PageState, flow: Flow, sight: Sight): TemplateResult | typeof nothing {
  const { cell } = state.whole;
  if (!cell) return nothing;
  const { now, before } = sight;
  const isIn = (whole: typeof now.whole, row: number) => whole.labels[row] === cell.label && whole.predicted[row] === cell.predicted;
  const all = Array.from(now.whole.labels.keys());
  const isNew = (row: number) => before !== undefined && !isIn(before.whole, row);
  const sure = (row: number) => now.whole.confidence[row] || 0;
  const rows = all.filter((row) => isIn(now.whole, row)).sort((a, b) => Number(isNew(b)) - Number(isNew(a)) || sure(b) - sure(a) || a - b);
  const gone = before ? all.filter((row) => isIn(before.whole, row) && !isIn(now.whole, row)).length : 0;
  const title = pairTitle(now.whole, cell.label, cell.predicted);
  const left = gone === 0 || !before ? '' : `; ${number(gone)} left it since ${before.checkpoint.name}`;
  return html`<section class="set-cell" aria-label=${title} data-testid="set-cell-pictures">
    <h4 class="set-title">${title}: ${rows.length === 0 ? 'no picture' : counted(rows.length, 'picture', 'pictures')}${left}</h4>
    ${rows.length === 0 ? nothing : pictureList(state, flow, sight, { id: 'cell', label: title, rows, note: (row) => (isNew(row) ? `new here since ${before?.checkpoint.name}` : '') })}
  </section>`;
}
