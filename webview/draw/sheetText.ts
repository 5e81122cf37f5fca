import { type ColorMapId, colorIndex } from '../../src/shared/colorMaps.ts';
import type { Size } from './geometry.ts';
import { pixelTable } from './palette.ts';

/** On paper: dark on white, whatever the editor's theme. */
const ink = '#1b1b1b';
export const quiet = '#5a5a5a';
/** Height of a line, pixels. */
export const line = 17;

const font = (weight: 400 | 600, size = 13) => `${weight} ${size}px system-ui, "DejaVu Sans", sans-serif`;

interface Words {
  weight?: 400 | 600;
  size?: number;
  color?: string;
  /** Longer text is cut in the middle: names of layers differ at their ends. */
  room?: number;
}

/** One line of text, its top at y. `pen` undefined: nothing is painted. */
export function say(pen: CanvasRenderingContext2D | undefined, text: string, x: number, y: number, words: Words = {}): void {
  if (!pen) return;
  pen.font = font(words.weight ?? 400, words.size);
  pen.fillStyle = words.color ?? ink;
  pen.fillText(shortened(pen, text, words.room ?? Number.POSITIVE_INFINITY), x, y);
}

function shortened(pen: CanvasRenderingContext2D, text: string, room: number): string {
  if (pen.measureText(text).width <= room) return text;
  for (let kept = text.length - 1; kept > 4; kept--) {
    const short = `${text.slice(0, Math.ceil(kept / 3))}…${text.slice(text.length - Math.floor((2 * kept) / 3))}`;
    if (pen.measureText(short).width <= room) return short;
  }
  return '…';
}

/** Wrapped at words, cut where the room ends. */
export function paragraph(pen: CanvasRenderingContext2D, text: string, x: number, top: number, room: Size): void {
  pen.font = font(400, 12);
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)}${lines.at(-1) === '' ? '' : ' '}${word}`;
    if (pen.measureText(longer).width <= room.width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  const most = Math.max(1, Math.floor(room.height / line));
  lines
    .slice(0, most)
    .forEach(
      (each, i) =>
        void say(pen, i === most - 1 && lines.length > most ? `${each} …` : each, x, top + i * line, { size: 12, room: room.width }),
    );
}

/** The colours of a map as a bar, with what stands at its two ends. */
export function paintBar(
  pen: CanvasRenderingContext2D,
  colorMap: ColorMapId,
  [low, high]: readonly [string, string],
  { x, y, long }: { x: number; y: number; long: number },
): void {
  const table = pixelTable(colorMap);
  const colors = pen.createImageData(long, 10);
  const pixels = new Uint32Array(colors.data.buffer);
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[colorIndex((i % long) / (long - 1))] ?? 0;
  pen.putImageData(colors, x, y);
  say(pen, low, x, y + 12, { color: quiet, size: 12 });
  pen.textAlign = 'right';
  say(pen, high, x + long, y + 12, { color: quiet, size: 12 });
  pen.textAlign = 'left';
}
