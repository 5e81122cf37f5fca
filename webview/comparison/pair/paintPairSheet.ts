import type { ColorScale } from '../../../src/shared/colorScale.ts';
import type { ComparedImage, ComparisonSubject } from '../../../src/shared/trainingProtocol.ts';
import { colorMapFor } from '../../draw/palette.ts';
import { penOf } from '../../draw/pen.ts';
import { line, paintBar, paragraph, quiet, say } from '../../draw/sheetText.ts';
import { endsOf } from '../../page/scaleBar.ts';
import { nameOf } from '../selectors.ts';
import { probabilityText } from '../views/summaryText.ts';
import { type MapPicture, paintOver } from './paintPair.ts';
import type { PairModel } from './pairModel.ts';

/** Pixels. */
const side = 420;
const margin = 24;
const gap = 14;
const head = 58;

interface Look {
  path: string;
  bare: boolean;
  cells: boolean;
}

/** Both maps and their difference on white paper, with scales and what both predict. */
export function paintPairSheet(
  subject: ComparisonSubject,
  image: ComparedImage,
  model: PairModel,
  { path, bare, cells }: Look,
): HTMLCanvasElement {
  const { picture } = image;
  const tall = Math.round(side * (picture ? picture.height / picture.width : 1));
  const canvas = Object.assign(document.createElement('canvas'), {
    width: 2 * margin + 3 * side + 2 * gap,
    height: margin + head + 2 * line + tall + 64 + margin,
  });
  const pen = penOf(canvas);
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.textBaseline = 'top';
  const map = model.maps.to ?? model.maps.from;
  const room = canvas.width - 2 * margin;
  say(pen, `${nameOf(path)} · ${subject.run}`, margin, margin, { weight: 600, size: 18, room });
  const explained = `explained: ${image.explained.label}${image.explained.index === image.truth ? ' (true class)' : ''}`;
  say(pen, `${explained} · ${map?.method ?? ''} ${map?.variant ?? ''} at ${map?.layer ?? ''}`, margin, margin + 26, { color: quiet, room });
  const top = margin + head;
  const column = (at: number, title: string, about: string, shown: MapPicture, error: string | undefined) => {
    const x = margin + at * (side + gap);
    say(pen, title, x, top, { weight: 600, room: side });
    say(pen, about, x, top + line, { color: quiet, room: side });
    const own = Object.assign(document.createElement('canvas'), { width: side, height: tall });
    paintOver(penOf(own), shown);
    pen.drawImage(own, x, top + 2 * line + 4);
    if (error !== undefined) paragraph(pen, error, x + 8, top + 2 * line + 12, { width: side - 16, height: tall - 16 });
    return x;
  };
  const { maps, scale, difference, differenceScale } = model;
  const common = { bare, cells, picture };
  const one = (which: 'from' | 'to', at: number) => {
    const { kept, error } = image[which];
    const about = `${says(image, which)}${kept ? ' · kept map' : ''}`;
    return column(at, subject[which].name, about, { ...common, map: maps[which], scale }, error?.message);
  };
  const [first] = [one('from', 0), one('to', 1)];
  const title = `${subject.to.name} − ${subject.from.name}`;
  const last = column(2, title, 'difference', { ...common, map: difference, scale: differenceScale }, model.error?.message);
  const y = top + 2 * line + tall + 14;
  bar(pen, scale, first, y, 2 * side + gap);
  say(pen, map?.unit ?? '', first, y + 30, { color: quiet, size: 12, room: 2 * side });
  bar(pen, differenceScale, last, y, side);
  return canvas;
}

function says(image: ComparedImage, which: 'from' | 'to'): string {
  const said = image.classes.find(({ index }) => index === image.predicted[which]);
  return said ? `${said.label} ${probabilityText(said[which])}` : '';
}

function bar(pen: CanvasRenderingContext2D, scale: ColorScale | undefined, x: number, y: number, long: number): void {
  if (scale && !scale.flat) paintBar(pen, colorMapFor(scale, {}), endsOf({ ...scale, beyond: false }), { x, y, long });
}
