import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { guard } from 'lit/directives/guard.js';
import { type Confusion, confusedPairs, confusionOf, countOf, recallOf, rowShare } from '../../confusion/confusion.ts';
import { type Matrix, matrixOf } from '../../confusion/matrixModel.ts';
import { focusCell, isAt, type MatrixPlace, nextPlace, placeOf } from '../../confusion/matrixPlace.ts';
import { counted, number, pairTitle, partOf, shareText, short, wholePercent } from '../../confusion/text.ts';
import { segments } from '../../ui/segments.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { PageState } from '../state.ts';
import { cellPictures } from './cellPictures.ts';
import { usualWhole, type WholeChoices } from './choices.ts';
import type { Sight } from './selectors.ts';
import { countChange } from './text.ts';

/** So many classes are read as a table in a side bar; of more, those of the most frequent mistakes. */
const most = 12;

export function matrixGist({ now }: Sight): string {
  const [worst] = confusedPairs(confusionOf(now.whole));
  return worst ? `${pairTitle(now.whole, worst.label, worst.predicted)}: ${number(worst.count)}` : 'no mistakes';
}

/** Which classes are taken for which at the checkpoint on show, or what changed since the one before. */
export function setMatrixView(state: PageState, flow: Flow, sight: Sight): TemplateResult {
  const { now, before } = sight;
  const { cells, order } = state.choices.whole ?? usualWhole;
  const confusion = confusionOf(now.whole);
  if (confusion.judged === 0) return html`<p>No picture has a label that is a class of the model: nothing is right or wrong.</p>`;
  const matrix = matrixOf(confusion, order, false, most);
  const old = cells === 'change' && before ? confusionOf(before.whole) : undefined;
  const table: Table = { names: now.whole, matrix, old, cursor: state.whole.cursor, cell: state.whole.cell };
  return html`<div class="whole-tools">
      ${segments({
        testid: 'set-cells',
        label: 'In the cells',
        value: old ? 'change' : 'counts',
        options: [
          { id: 'counts', label: 'Pictures' },
          {
            id: 'change',
            label: 'Change',
            about: before ? `Since ${before.checkpoint.name}` : 'Nothing is evaluated before it',
            disabled: !before,
          },
        ],
        onChange: (id) => flow.whole.choose({ cells: id as WholeChoices['cells'] }),
      })}
      ${segments({
        testid: 'set-order',
        label: 'Order of classes',
        value: order,
        options: [
          { id: 'class', label: 'By class' },
          { id: 'confused', label: 'Together', about: 'Classes that are taken for each other stand beside each other' },
          { id: 'mistakes', label: 'Worst', about: 'Classes in the most mistakes first' },
        ],
        onChange: (id) => flow.whole.choose({ order: id }),
      })}
    </div>
    <div class="matrix-scroll" data-testid="set-matrix-scroll">${guard([now.whole, matrix, old, table.cursor, table.cell], () => grid(table, flow))}</div>
    <p class="matrix-reading" aria-live="off" data-testid="set-reading">${state.whole.pointed ? readingOf(table, state.whole.pointed) : summary(table)}</p>
    ${legend(matrix, old, before?.checkpoint.name)} ${cellPictures(state, flow, sight)}`;
}

interface Table {
  names: { classes: readonly string[] };
  matrix: Matrix;
  /** Of the checkpoint before, where changes are shown. */
  old: Confusion | undefined;
  cursor: MatrixPlace;
  cell: { label: number; predicted: number } | undefined;
}

function grid(table: Table, flow: Flow): TemplateResult {
  const { matrix, names } = table;
  const { whole } = flow;
  const on = (work: (place: MatrixPlace) => void) => (event: Event) => {
    const place = placeOf(event);
    if (place) work(place);
  };
  const open = (place: MatrixPlace) => {
    const [label, predicted] = [matrix.rows[place.row], matrix.columns[place.column]];
    whole.moveTo(place);
    if (label !== undefined && predicted !== undefined) whole.openCell({ label, predicted });
  };
  const key = (event: KeyboardEvent) => {
    const place = placeOf(event);
    if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') open(place);
    else {
      const to = nextPlace(event.key, place, matrix);
      // There are no headings to go to here.
      const within = to && { row: clamp(to.row, matrix.rows.length), column: clamp(to.column, matrix.columns.length) };
      if (!within) return;
      whole.moveTo(within);
      focusCell(event.currentTarget as Element, within);
    }
    event.preventDefault();
  };
  return html`<div
    class=${classMap({ matrix: true, dense: matrix.columns.length > 8, small: true })}
    role="grid"
    aria-label="Confusion matrix: a row for each label, a column for each prediction"
    data-testid="set-matrix"
    ${vars({ '--columns': String(matrix.columns.length) })}
    @click=${on(open)}
    @keydown=${key}
    @focusin=${on((place) => whole.point(place))}
    @pointermove=${(event: Event) => whole.point(placeOf(event))}
    @pointerleave=${() => whole.point(undefined)}
  >
    <div class="matrix-row" role="row">
      <span class="matrix-corner small" role="columnheader"><span class="matrix-axis">label ↓ said →</span></span>
      ${matrix.columns.map((of) => html`<span class="matrix-column" role="columnheader" title=${names.classes[of] ?? ''}><span>${names.classes[of]}</span></span>`)}
      <span class="matrix-column matrix-edge small" role="columnheader" title="Recall: share of a label’s pictures that are recognised, %"><span>recall</span></span>
    </div>
    ${matrix.rows.map(
      (label, row) => html`<div class="matrix-row" role="row">
        <span class="matrix-name" role="rowheader" title=${names.classes[label] ?? ''}><span>${names.classes[label]}</span></span>
        ${matrix.columns.map((predicted, column) => cellOf(table, { row, column }, label, predicted))} ${recall(table, label)}
      </div>`,
    )}
  </div>`;
}

function cellOf(table: Table, place: MatrixPlace, label: number, predicted: number): TemplateResult {
  const { matrix, old, cell, cursor } = table;
  const { confusion } = matrix;
  const count = countOf(confusion, label, predicted);
  const change = old ? count - countOf(old, label, predicted) : 0;
  const isHit = label === predicted;
  const isEmpty = old ? change === 0 : count === 0;
  // More mistakes are worse, more hits are better.
  const isBetter = isHit ? change > 0 : change < 0;
  const isForeign = label >= confusion.modelClasses;
  const share = rowShare(confusion, label, predicted);
  const heat = isHit || isForeign ? share : 0.1 + (0.9 * share) / (matrix.reach || 1);
  const strength = old ? 0.15 + 0.85 * Math.min(1, Math.abs(change) / largestChange(matrix, old)) : heat;
  return html`<span
    class=${classMap({ 'matrix-cell': true, hit: isHit && !old, foreign: isForeign && !old, none: isEmpty, better: !isEmpty && old !== undefined && isBetter, open: cell?.label === label && cell.predicted === predicted })}
    role="gridcell"
    aria-label=${readingOf(table, place)}
    tabindex=${isAt(cursor, place) ? 0 : -1}
    data-testid="set-cell-${label}-${predicted}"
    data-row=${place.row}
    data-column=${place.column}
    ${vars(isEmpty ? {} : { '--share': strength.toFixed(3) })}
    >${isEmpty ? nothing : old ? countChange(change) : short(count)}</span
  >`;
}

function recall({ matrix: { confusion }, old }: Table, label: number): TemplateResult {
  const now = label >= confusion.modelClasses ? Number.NaN : recallOf(confusion, label);
  const points = Math.round(100 * (now - (old ? recallOf(old, label) : 0)));
  return html`<span class="matrix-cell matrix-edge" role="gridcell">${Number.isNaN(now) ? '–' : old ? countChange(points) : wholePercent(now)}</span>`;
}

let largest: { matrix: Matrix; old: Confusion; of: number } | undefined;

function largestChange(matrix: Matrix, old: Confusion): number {
  if (largest?.matrix === matrix && largest.old === old) return largest.of;
  let of = 1;
  for (const label of matrix.rows)
    for (const predicted of matrix.columns)
      of = Math.max(of, Math.abs(countOf(matrix.confusion, label, predicted) - countOf(old, label, predicted)));
  largest = { matrix, old, of };
  return of;
}

function readingOf({ matrix, names, old }: Table, { row, column }: MatrixPlace): string {
  const [label, predicted] = [matrix.rows[row], matrix.columns[column]];
  if (label === undefined || predicted === undefined) return '';
  const { confusion } = matrix;
  const count = countOf(confusion, label, predicted);
  const change = old ? count - countOf(old, label, predicted) : 0;
  const more = old ? `, ${change === 0 ? 'as before' : `${number(Math.abs(change))} ${change > 0 ? 'more' : 'fewer'} than before`}` : '';
  return `${pairTitle(names, label, predicted)}: ${partOf(count, confusion.labelled[label] ?? 0)}${more}`;
}

function summary({ matrix, old }: Table): string {
  const { confusion, shown, columns, occurring } = matrix;
  if (columns.length < occurring)
    return `The ${columns.length} most confused of ${number(occurring)} classes: ${partOf(shown, confusion.wrong)} of the mistakes.`;
  if (old) {
    const change = confusion.wrong - old.wrong;
    return `${counted(confusion.wrong, 'mistake', 'mistakes')}, ${change === 0 ? 'as many as before' : `${number(Math.abs(change))} ${change > 0 ? 'more' : 'fewer'} than before`}. A cell lists its pictures.`;
  }
  return confusion.wrong === 0 ? 'No mistakes.' : `${counted(confusion.wrong, 'mistake', 'mistakes')}. A cell lists its pictures.`;
}

/** Signs and words say it too: nothing hangs on the colour. */
function legend({ reach }: Matrix, old: Confusion | undefined, before: string | undefined): TemplateResult | typeof nothing {
  if (old)
    return html`<p class="change-legend small" data-testid="set-legend">
      Since ${before}: <span class="change-key" aria-hidden="true"></span> worse: more mistakes (+) or fewer hits (−).
      <span class="change-key better" aria-hidden="true"></span> better: the other way round.
    </p>`;
  if (reach === 0) return nothing;
  return html`<p class="matrix-legend small" data-testid="set-legend">
    <span class="matrix-ramp" aria-hidden="true"></span>mistakes: up to ${shareText(reach)} of a label’s pictures; grey: recognised
  </p>`;
}

function clamp(at: number, count: number): number {
  return Math.max(0, Math.min(count - 1, at));
}
