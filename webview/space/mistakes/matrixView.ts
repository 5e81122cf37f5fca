import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { guard } from 'lit/directives/guard.js';
import type { SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { accuracyOf, countOf, precisionOf, recallOf, rowShare } from '../../confusion/confusion.ts';
import type { Matrix } from '../../confusion/matrixModel.ts';
import { focusCell, isAt, type MatrixPlace, nextPlace, placeOf } from '../../confusion/matrixPlace.ts';
import { partOf, short, wholePercent } from '../../confusion/text.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { SpaceState } from '../state.ts';
import { openPlace } from './matrixEvents.ts';
import { behind, placeText } from './text.ts';

/** The confusion matrix as a table: a row for each label, a column for each prediction. */
export function matrixView(state: SpaceState, rows: SpaceRows, matrix: Matrix, flow: Flow): TemplateResult {
  const { cells } = state.choices.mistakes;
  const { cursor } = state.mistakes;
  const open = state.selection.rows.length > 0 ? state.selection.title : undefined;
  return html`<div class="matrix-scroll" data-testid="matrix-scroll">
    ${guard([rows, matrix, cells, cursor, open], () => table(rows, matrix, { cells, cursor, open }, flow))}
  </div>`;
}

interface Look {
  cells: 'counts' | 'shares';
  cursor: MatrixPlace;
  /** Title of the pictures in the panel. */
  open: string | undefined;
}

function table(rows: SpaceRows, matrix: Matrix, look: Look, flow: Flow): TemplateResult {
  const { mistakes } = flow;
  const on = (work: (place: MatrixPlace) => void) => (event: Event) => {
    const place = placeOf(event);
    if (place) work(place);
  };
  const key = (event: KeyboardEvent) => {
    const place = placeOf(event);
    if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') openPlace(rows, matrix, place, flow);
    else {
      const to = nextPlace(event.key, place, matrix);
      if (!to) return;
      mistakes.moveTo(to);
      focusCell(event.currentTarget as Element, to);
    }
    event.preventDefault();
  };
  const point = (event: PointerEvent) => mistakes.point(placeOf(event));
  return html`<div
    class=${classMap({ matrix: true, dense: matrix.columns.length > 14 })}
    role="grid"
    aria-label="Confusion matrix: a row for each label, a column for each prediction"
    aria-rowcount=${matrix.rows.length + 2}
    aria-colcount=${matrix.columns.length + 2}
    data-testid="matrix"
    ${vars({ '--columns': String(matrix.columns.length) })}
    @click=${on((place) => {
      mistakes.moveTo(place);
      openPlace(rows, matrix, place, flow);
    })}
    @keydown=${key}
    @focusin=${on((place) => mistakes.point(place))}
    @pointermove=${point}
    @pointerleave=${() => mistakes.point(undefined)}
  >
    <div class="matrix-row" role="row">
      <span class="matrix-corner small" role="columnheader"><span class="matrix-axis">label ↓ prediction →</span></span>
      ${matrix.columns.map((of, column) => heading(rows, matrix, look, { row: -1, column }, of))}
      <span class="matrix-column matrix-edge small" role="columnheader" title="Recall: share of a label’s pictures that are recognised"><span>recall</span></span>
    </div>
    ${matrix.rows.map((label, row) => line(rows, matrix, look, label, row))}
    <div class="matrix-row" role="row">
      <span class="matrix-name matrix-edge small" role="rowheader" title="Precision: share of what is seen as a class that is of it">precision</span>
      ${matrix.columns.map((of, column) => edge(rows, matrix, look, { row: matrix.rows.length, column }, precisionOf(matrix.confusion, of)))}
      ${edge(rows, matrix, look, { row: matrix.rows.length, column: matrix.columns.length }, accuracyOf(matrix.confusion))}
    </div>
  </div>`;
}

function line(rows: SpaceRows, matrix: Matrix, look: Look, label: number, row: number): TemplateResult {
  const { confusion } = matrix;
  const isForeign = label >= confusion.modelClasses;
  return html`<div class="matrix-row" role="row">
    ${heading(rows, matrix, look, { row, column: -1 }, label)}
    ${matrix.columns.map((predicted, column) => cell(rows, matrix, look, { row, column }, label, predicted))}
    ${edge(rows, matrix, look, { row, column: matrix.columns.length }, isForeign ? Number.NaN : recallOf(confusion, label))}
  </div>`;
}

/** A class: all that is labelled so, or seen so. */
function heading(rows: SpaceRows, matrix: Matrix, look: Look, place: MatrixPlace, of: number): TemplateResult {
  const isRow = place.column < 0;
  return html`<span
    class=${classMap({ 'matrix-name': isRow, 'matrix-column': !isRow, foreign: of >= matrix.confusion.modelClasses, open: behind(rows, matrix, place)?.title === look.open })}
    role=${isRow ? 'rowheader' : 'columnheader'}
    title=${placeText(rows, matrix, place)}
    tabindex=${isAt(look.cursor, place) ? 0 : -1}
    data-testid="${isRow ? 'label' : 'prediction'}-${of}"
    data-row=${place.row}
    data-column=${place.column}
    ><span>${rows.classes[of]}</span></span
  >`;
}

function cell(rows: SpaceRows, matrix: Matrix, look: Look, place: MatrixPlace, label: number, predicted: number): TemplateResult {
  const { confusion, reach } = matrix;
  const count = countOf(confusion, label, predicted);
  const share = rowShare(confusion, label, predicted);
  const isHit = label === predicted;
  const title = behind(rows, matrix, place)?.title;
  // A single one of many is to be seen too.
  const heat = count === 0 ? 0 : isHit || label >= confusion.modelClasses ? share : 0.1 + (0.9 * share) / (reach || 1);
  return html`<span
    class=${classMap({ 'matrix-cell': true, hit: isHit, foreign: label >= confusion.modelClasses, none: count === 0, open: title === look.open && count > 0 })}
    role="gridcell"
    aria-label=${placeText(rows, matrix, place)}
    tabindex=${isAt(look.cursor, place) ? 0 : -1}
    data-testid="cell-${label}-${predicted}"
    data-row=${place.row}
    data-column=${place.column}
    ${vars(count === 0 ? {} : { '--share': heat.toFixed(3) })}
    >${count === 0 ? nothing : look.cells === 'counts' ? short(count) : wholePercent(share)}</span
  >`;
}

/** Recall, precision, accuracy. */
function edge(rows: SpaceRows, matrix: Matrix, look: Look, place: MatrixPlace, share: number): TemplateResult {
  const title = behind(rows, matrix, place)?.title;
  return html`<span
    class=${classMap({ 'matrix-cell': true, 'matrix-edge': true, open: title !== undefined && title === look.open })}
    role="gridcell"
    aria-label=${placeText(rows, matrix, place)}
    tabindex=${isAt(look.cursor, place) ? 0 : -1}
    data-testid="edge-${place.row}-${place.column}"
    data-row=${place.row}
    data-column=${place.column}
    >${Number.isNaN(share) ? '–' : wholePercent(share)}</span
  >`;
}

/** What the place under the pointer, or of the keyboard, says. There is always a line, so that nothing jumps. `spoken`: nothing else says it. */
export function readingView({ mistakes }: SpaceState, rows: SpaceRows, matrix: Matrix, spoken: boolean): TemplateResult {
  const { pointed } = mistakes;
  const text = pointed ? placeText(rows, matrix, pointed) : summary(matrix);
  return html`<p class="matrix-reading" aria-live=${spoken ? 'polite' : 'off'} data-testid="matrix-reading">${text}</p>`;
}

function summary({ confusion, shown, columns, occurring }: Matrix): string {
  if (confusion.wrong === 0) return 'No mistakes.';
  if (columns.length >= occurring || shown === confusion.wrong) return 'A cell’s pictures open with a click.';
  return `Mistakes between the ${columns.length} classes shown: ${partOf(shown, confusion.wrong)}.`;
}
