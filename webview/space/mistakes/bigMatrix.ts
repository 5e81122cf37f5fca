import { html, type TemplateResult } from 'lit';
import type { SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { cellsOf } from '../../confusion/confusion.ts';
import type { Matrix } from '../../confusion/matrixModel.ts';
import { type MatrixPlace, nextPlace } from '../../confusion/matrixPlace.ts';
import { iconButton } from '../../ui/button.ts';
import { measured } from '../../ui/measured.ts';
import { painted } from '../../ui/painted.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { SpaceState } from '../state.ts';
import { openPlace } from './matrixEvents.ts';
import type { MistakesState } from './state.ts';
import { placeText } from './text.ts';

/** Sides of a cell that can be chosen besides the one at which all is in sight, CSS pixels. */
const sides = [2, 4, 8, 16];
const highest = 620;
/** A dot is never smaller: a single picture among a thousand classes is to be seen. */
const smallest = 1.8;

interface View {
  /** Side of a cell; of the part in sight; CSS pixels. */
  cell: number;
  width: number;
  height: number;
}

function viewOf({ width, cell }: MistakesState, { rows, columns }: Matrix): View {
  const fitting = Math.min(width / columns.length, highest / rows.length);
  const side = cell === 0 ? fitting : Math.max(cell, fitting);
  return { cell: side, width: Math.min(width, Math.ceil(side * columns.length)), height: Math.min(highest, Math.ceil(side * rows.length)) };
}

/** The matrix of hundreds of classes: drawn, a dot for each cell that some picture is in. */
export function bigMatrix(state: SpaceState, rows: SpaceRows, matrix: Matrix, flow: Flow): TemplateResult {
  const { mistakes } = flow;
  const { left, top, cursor, pointed, width } = state.mistakes;
  const view = viewOf(state.mistakes, matrix);
  const at = (event: MouseEvent): MatrixPlace | undefined => {
    const box = (event.currentTarget as Element).querySelector('canvas')?.getBoundingClientRect();
    if (!box) return undefined;
    const place = {
      row: Math.floor((event.clientY - box.top + top) / view.cell),
      column: Math.floor((event.clientX - box.left + left) / view.cell),
    };
    return place.row >= 0 && place.column >= 0 && place.row < matrix.rows.length && place.column < matrix.columns.length
      ? place
      : undefined;
  };
  const click = (event: MouseEvent) => {
    const place = at(event);
    if (!place) return;
    mistakes.moveTo(place);
    openPlace(rows, matrix, place, flow);
  };
  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { closer, farther } = zoomsOf(state.mistakes, view);
    if (event.key === 'Enter' || event.key === ' ') openPlace(rows, matrix, cursor, flow);
    else if (event.key === '+') zoom(closer, state.mistakes, view, flow);
    else if (event.key === '-') zoom(farther, state.mistakes, view, flow);
    else {
      const to = nextPlace(event.key, cursor, matrix);
      if (!to) return;
      // There are no headings here, and no row of precisions.
      const within = (at: number, count: number) => Math.max(0, Math.min(count - 1, at));
      const place = { row: within(to.row, matrix.rows.length), column: within(to.column, matrix.columns.length) };
      mistakes.moveTo(place);
      reveal(event.currentTarget as Element, place, view);
    }
    event.preventDefault();
  };
  const size = { width: view.width * devicePixelRatio, height: view.height * devicePixelRatio };
  const mark = pointed ?? cursor;
  const inputs = [matrix, view.cell, left, top, mark.row, mark.column, document.body.className];
  return html`<div class="big-matrix" ${measured((now) => mistakes.resized(now))}>
    ${zoomButtons(state.mistakes, view, flow)}
    <div
      class="big-scroll"
      role="application"
      tabindex="0"
      aria-label="Confusion matrix of ${matrix.rows.length} labels by ${matrix.columns.length} predictions. Arrow keys move, Enter opens the pictures, plus and minus zoom. ${placeText(rows, matrix, mark)}"
      data-testid="big-matrix"
      ${vars({ width: `${view.width}px`, height: `${view.height}px` })}
      @scroll=${(event: Event) => mistakes.scrolled((event.currentTarget as Element).scrollLeft, (event.currentTarget as Element).scrollTop)}
      @pointermove=${(event: PointerEvent) => mistakes.point(at(event))}
      @pointerleave=${() => mistakes.point(undefined)}
      @click=${click}
      @keydown=${key}
    >
      <div class="big-room" ${vars({ width: `${view.cell * matrix.columns.length}px`, height: `${view.cell * matrix.rows.length}px` })}>
        ${
          width === 0
            ? ''
            : html`<canvas
                class="big-canvas"
                role="presentation"
                ${vars({ width: `${view.width}px`, height: `${view.height}px` })}
                ${painted(size, inputs, (context) => paint(context, matrix, view, { left, top }, mark))}
              ></canvas>`
        }
      </div>
    </div>
  </div>`;
}

/** The next larger and smaller side of a cell; 0: all in sight; undefined: there is none. */
function zoomsOf({ cell }: MistakesState, view: View) {
  return {
    closer: sides.find((side) => side > view.cell + 0.01),
    farther: cell === 0 ? undefined : (sides.findLast((side) => side < view.cell - 0.01) ?? 0),
  };
}

function zoomButtons(state: MistakesState, view: View, flow: Flow): TemplateResult {
  const { closer, farther } = zoomsOf(state, view);
  const to = (side: number | undefined) => () => zoom(side, state, view, flow);
  return html`<div class="big-tools" role="group" aria-label="Zoom">
    ${iconButton({ testid: 'matrix-closer', label: 'Larger cells', icon: 'plus', disabled: closer === undefined, onClick: to(closer) })}
    ${iconButton({ testid: 'matrix-farther', label: 'Smaller cells', icon: 'minus', disabled: farther === undefined, onClick: to(farther) })}
    ${iconButton({ testid: 'matrix-fit', label: 'All classes in sight', icon: 'fit', disabled: state.cell === 0, onClick: to(0) })}
  </div>`;
}

/** What is in the middle stays there. */
function zoom(side: number | undefined, { left, top }: MistakesState, { cell, width, height }: View, { mistakes }: Flow): void {
  if (side === undefined) return;
  mistakes.zoom(side);
  // After the page is drawn, which waits for the end of the turn just so.
  queueMicrotask(() => {
    const scroll = document.querySelector('.big-scroll');
    const middle = (from: number, before: number, now: number) => ((from + before / 2) / cell) * side - now / 2;
    scroll?.scrollTo({ left: middle(left, width, scroll.clientWidth), top: middle(top, height, scroll.clientHeight) });
  });
}

/** Scrolls so that a place is in sight. */
function reveal(scroll: Element, { row, column }: MatrixPlace, { cell }: View): void {
  const [x, y] = [column * cell, row * cell];
  const within = (from: number, at: number, room: number) => (at < from ? at : at + cell > from + room ? at + cell - room : from);
  scroll.scrollTo({ left: within(scroll.scrollLeft, x, scroll.clientWidth), top: within(scroll.scrollTop, y, scroll.clientHeight) });
}

function paint(
  context: CanvasRenderingContext2D,
  matrix: Matrix,
  { cell, width, height }: View,
  { left, top }: { left: number; top: number },
  mark: MatrixPlace,
): void {
  // The canvas may not be in the document yet.
  const style = getComputedStyle(document.body);
  const [heat, ink, focus] = ['--heat', '--ink', '--focus'].map((name) => style.getPropertyValue(name).trim() || '#888');
  const { confusion, reach } = matrix;
  const rowOf = new Map(matrix.rows.map((of, place) => [of, place]));
  const columnOf = new Map(matrix.columns.map((of, place) => [of, place]));
  const scale = context.canvas.width / width;
  context.scale(scale, scale);
  const side = Math.max(cell, smallest);
  // Light ones first: where dots lie on one another the strongest is seen.
  const cells = cellsOf(confusion).map((each) => ({ ...each, share: each.count / (confusion.labelled[each.label] ?? 1) }));
  for (const { label, predicted, share } of cells.sort((a, b) => a.share - b.share)) {
    const [row, column] = [rowOf.get(label), columnOf.get(predicted)];
    if (row === undefined || column === undefined) continue;
    const [x, y] = [column * cell - left, row * cell - top];
    if (x + side < 0 || y + side < 0 || x > width || y > height) continue;
    const isQuiet = label === predicted || label >= confusion.modelClasses;
    context.fillStyle = (isQuiet ? ink : heat) as string;
    context.globalAlpha = isQuiet ? 0.12 + 0.16 * share : 0.4 + (0.6 * share) / (reach || 1);
    context.fillRect(x, y, side, side);
  }
  context.globalAlpha = 1;
  context.strokeStyle = focus as string;
  context.lineWidth = 1.5;
  const frame = Math.max(cell, 5);
  context.strokeRect((mark.column + 0.5) * cell - left - frame / 2, (mark.row + 0.5) * cell - top - frame / 2, frame, frame);
}
