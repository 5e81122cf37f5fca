import { number } from '../../draw/format.ts';
import { fit } from '../../draw/geometry.ts';
import { colorMapFor } from '../../draw/palette.ts';
import { penOf } from '../../draw/pen.ts';
import { line, paintBar, paragraph, quiet, say } from '../../draw/sheetText.ts';
import type { SpaceState } from '../state.ts';
import { paintTile } from './paintTile.ts';
import { type SharedEnds, sharedEnds, tileLook } from './sheetLook.ts';
import { sheetMethod } from './sheetModel.ts';
import type { Sheet, SheetImage } from './sheetState.ts';
import { captionOf, scaleText, targetText } from './sheetText.ts';

/** Pixels. */
const width = 1680;
const margin = 24;
const gap = 12;
const columns = 8;
const side = Math.floor((width - 2 * margin - (columns - 1) * gap) / columns);
const tall = side + 2 * line + gap;

/** The whole sheet with its words and scales, dark on white. */
export function paintSheet(state: SpaceState, sheet: Sheet): HTMLCanvasElement {
  const ends = sharedEnds(state, sheet);
  const top = margin + 4 * line;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = top + Math.ceil(sheet.images.length / columns) * tall + legendHeight(ends) + margin;
  const pen = penOf(canvas);
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.textBaseline = 'top';
  head(pen, state, sheet);
  sheet.images.forEach((image, i) => {
    const at = { x: margin + (i % columns) * (side + gap), y: top + Math.floor(i / columns) * tall };
    tile(pen, state, sheet, image, at, ends);
  });
  legend(pen, state, ends, canvas.height - margin - legendHeight(ends));
  return canvas;
}

function head(pen: CanvasRenderingContext2D, state: SpaceState, sheet: Sheet): void {
  const { subject } = state;
  const room = width - 2 * margin;
  say(pen, sheet.title, margin, margin, { weight: 600, size: 18, room });
  const facts = [subject?.modelName, subject?.dataset?.label, sheetMethod(state)?.label, targetText(state)];
  say(pen, facts.filter(Boolean).join(' · '), margin, margin + 26, { color: quiet, room });
}

function tile(
  pen: CanvasRenderingContext2D,
  state: SpaceState,
  sheet: Sheet,
  image: SheetImage,
  { x, y }: { x: number; y: number },
  ends: SharedEnds | undefined,
): void {
  const there = sheet.tiles.get(image.path);
  if (there && 'map' in there) {
    const size = fit(there.picture, { width: side, height: side });
    const canvas = Object.assign(document.createElement('canvas'), size);
    paintTile(penOf(canvas), there.picture, there.map, tileLook(state, there.map, ends));
    pen.drawImage(canvas, x + Math.floor((side - size.width) / 2), y);
  } else {
    pen.strokeStyle = '#c8c8c8';
    pen.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
    paragraph(pen, there ? there.error.message : 'not computed', x + 8, y + 8, { width: side - 16, height: side - 16 });
  }
  say(pen, captionOf(image), x, y + side + 3, { weight: image.correct === false ? 600 : 400, size: 12, room: side });
  say(pen, image.name, x, y + side + 3 + line, { color: quiet, size: 12, room: side });
}

function legendHeight(ends: SharedEnds | undefined): number {
  return ends && ends.size > 0 ? 2 * line + 34 : line;
}

function legend(pen: CanvasRenderingContext2D, state: SpaceState, ends: SharedEnds | undefined, y: number): void {
  say(pen, scaleText(state), margin, y, { color: quiet });
  [...(ends ?? [])].forEach(([kind, { low, high }], i) => {
    const place = { x: margin + i * 400, y: y + line + 6, long: 340 };
    paintBar(pen, colorMapFor({ kind }, state.choices.selection.sheet), [number(low), number(high)], place);
  });
}
