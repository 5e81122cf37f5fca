import { fit, type Size } from '../../draw/geometry.ts';
import { penOf } from '../../draw/pen.ts';
import { line, paintBar, paragraph, quiet, say } from '../../draw/sheetText.ts';
import { endsOf } from '../../page/scaleBar.ts';
import type { PageState } from '../state.ts';
import type { Cell, Row, Section } from './cells.ts';
import { sharingOf } from './choices.ts';
import { coversOf, type GridModel, pictureOf } from './gridModel.ts';
import { paintCell } from './paintCell.ts';
import { rangeText } from './read.ts';
import type { SharedScale } from './scales.ts';

/** Pixels. */
const width = 1680;
const margin = 24;
const gap = 10;
const head = 190;
const caption = 34;
const flowColumns = 10;

interface Sheet {
  state: PageState;
  model: GridModel;
  /** Undefined: only measures. */
  pen: CanvasRenderingContext2D | undefined;
}

/** The grid with its labels, scales and ranges on one sheet. */
export function paintSheet(state: PageState, model: GridModel): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = contentsOf({ state, model, pen: undefined });
  const pen = penOf(canvas);
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.textBaseline = 'top';
  contentsOf({ state, model, pen });
  return canvas;
}

/** Paints from top to bottom; returns the height it takes. */
function contentsOf(sheet: Sheet): number {
  let y = title(sheet, margin);
  for (const section of sheet.model.comparison.sections) y = sectionOf(sheet, section, y + gap);
  return legend(sheet, y + gap) + margin;
}

function title({ state, pen }: Sheet, y: number): number {
  const { prediction } = state;
  const best = prediction?.top[0];
  say(pen, `${prediction?.image.name ?? ''} · ${prediction?.model.name ?? ''}`, margin, y, {
    weight: 600,
    size: 18,
    room: width - 2 * margin,
  });
  const target = targets(state);
  say(pen, `predicted: ${best?.label ?? ''}${target}`, margin, y + 26, { color: quiet, room: width - 2 * margin });
  return y + 52;
}

function targets({ compare }: PageState): string {
  const found = new Set([...compare.outcomes.values()].flatMap((outcome) => ('map' in outcome ? [outcome.map.target] : [])));
  return found.size === 1 ? ` · explained: ${[...found][0]}` : '';
}

function sectionOf(sheet: Sheet, section: Section, top: number): number {
  const { pen } = sheet;
  let y = top;
  if (section.title !== undefined) {
    say(pen, section.title, margin, y, { weight: 600 });
    y += line + 6;
  }
  return section.layout === 'matrix' ? matrix(sheet, section, y) : section.rows.reduce((at, row) => flow(sheet, row, at), y);
}

function matrix(sheet: Sheet, { columns, rows }: Section, top: number): number {
  const left = margin + head;
  const side = Math.min(360, Math.floor((width - margin - left - gap * (columns.length - 1)) / columns.length));
  const box = boxOf(sheet.state, side);
  columns.forEach(({ title: name, about }, i) => {
    const x = left + i * (side + gap);
    say(sheet.pen, name, x, top, { weight: 600, room: side });
    say(sheet.pen, about, x, top + line, { color: quiet, room: side });
  });
  let y = top + 2 * line + 6;
  for (const row of rows) {
    rowHead(sheet, row, y);
    row.cells.forEach((cell, i) => void cellOf(sheet, cell, { x: left + i * (side + gap), y }, box));
    y += box.height + caption;
  }
  return y;
}

function rowHead(sheet: Sheet, row: Row, y: number): void {
  say(sheet.pen, row.title, margin, y, { weight: 600, room: head - gap });
  say(sheet.pen, row.about, margin, y + line, { color: quiet, room: head - gap });
  if (sharingOf(sheet.state.choices.compare ?? {}) !== 'row') return;
  const scales = new Map(row.cells.flatMap(({ key }) => sheet.model.scales.get(key) ?? []).map((scale) => [scale.id, scale]));
  [...scales.values()].forEach((scale, i) => void bar(sheet.pen, scale, margin, y + 2 * line + 8 + 34 * i, head - 2 * gap));
}

/** Cells side by side, each with its own name, in as many lines as it takes. */
function flow(sheet: Sheet, { cells }: Row, top: number): number {
  const side = Math.floor((width - 2 * margin - gap * (flowColumns - 1)) / flowColumns);
  const box = boxOf(sheet.state, side);
  const tall = box.height + caption + line;
  cells.forEach((cell, i) => {
    const x = margin + (i % flowColumns) * (side + gap);
    const y = top + Math.floor(i / flowColumns) * tall;
    say(sheet.pen, cell.title, x, y, { room: side });
    cellOf(sheet, cell, { x, y: y + line }, box);
  });
  return top + Math.ceil(cells.length / flowColumns) * tall;
}

function boxOf(state: PageState, side: number): Size {
  const sizes = [pictureOf(state, 'own').size, pictureOf(state, 'image').size];
  return { width: side, height: Math.round(side * Math.min(1.5, Math.max(...sizes.map((size) => size.height / size.width)))) };
}

function cellOf({ state, model, pen }: Sheet, cell: Cell, { x, y }: { x: number; y: number }, box: Size): void {
  if (!pen) return;
  const { element, size } = pictureOf(state, cell.side);
  const content = model.contents.get(cell.key);
  const map = content?.state === 'map' ? content.map : undefined;
  const fitted = fit(size, box);
  const canvas = Object.assign(document.createElement('canvas'), fitted);
  const context = penOf(canvas);
  const bare = state.choices.compare?.bare === true && map !== undefined;
  paintCell(context, state, { picture: element, size, covers: coversOf(state, cell.side), map, scale: model.scales.get(cell.key), bare });
  if (!map) whiten(context);
  pen.drawImage(canvas, x + Math.floor((box.width - fitted.width) / 2), y);
  if (content?.state === 'map') {
    const note = content.note === undefined ? '' : ` · ${content.note}`;
    say(pen, `${rangeText(content.map)}${note}`, x, y + fitted.height + 3, { color: quiet, size: 12, room: box.width });
    return;
  }
  const why = content?.state === 'failed' ? content.error.message : content?.state === 'flat' ? 'flat' : 'not computed';
  paragraph(pen, why, x + 6, y + 6, { width: box.width - 12, height: fitted.height - 12 });
}

/** The picture steps back behind words. */
function whiten(context: CanvasRenderingContext2D): void {
  context.fillStyle = 'rgba(255, 255, 255, 0.8)';
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
}

function legend(sheet: Sheet, top: number): number {
  const sharing = sharingOf(sheet.state.choices.compare ?? {});
  const room = { color: quiet, room: width - 2 * margin };
  const texts = {
    map: 'Every map has its own colour scale; its range stands below it.',
    row: 'One colour scale for each row.',
    all: 'One colour scale for all maps of the same unit.',
  };
  say(sheet.pen, texts[sharing], margin, top, room);
  if (sharing === 'row') return top + line;
  const scales = [...new Map([...sheet.model.scales.values()].map((scale) => [sharing === 'map' ? scale.kind : scale.id, scale])).values()];
  scales.forEach((scale, i) => {
    const x = margin + (i % 4) * 400;
    const y = top + line + 8 + Math.floor(i / 4) * 58;
    bar(sheet.pen, scale, x, y, 340, sharing === 'map' ? ['lowest', 'highest'] : undefined);
    if (sharing === 'all') say(sheet.pen, scale.unit, x, y + 30, { color: quiet, size: 12, room: 380 });
  });
  return top + line + 8 + Math.ceil(scales.length / 4) * 58;
}

function bar(
  pen: CanvasRenderingContext2D | undefined,
  scale: SharedScale,
  x: number,
  y: number,
  long: number,
  ends: readonly [string, string] = endsOf(scale),
): void {
  if (pen) paintBar(pen, scale.colorMap, ends, { x, y, long });
}
