import { colorIndex } from '../../../src/shared/colorMaps.ts';
import { pixelTable } from '../../draw/palette.ts';
import { type BankLayout, cornerOf } from './bankLayout.ts';

/** What is drawn of one unit. */
export interface KernelPicture {
  /** [inputs,rows,columns] */
  kernel: Float32Array;
  /** |weight| at the ends of the scale. */
  reach: number;
  /** Inputs in the order of their bars; undefined: as they are numbered. */
  order: Uint32Array | undefined;
}

/** Blue below 0, grey at 0, red above. */
export const signedMap = 'coolwarm';

/** 0..255, mid-grey for 0. */
export function colourByte(weight: number, reach: number): number {
  return reach > 0 ? Math.max(0, Math.min(255, Math.round(127.5 + (127.5 * weight) / reach))) : 128;
}

/** Fills a canvas of `layout.canvas` times `scale` device pixels: every weight a block of one colour, nothing interpolated. */
export function paintKernel(context: CanvasRenderingContext2D, layout: BankLayout, picture: KernelPicture, scale: number): void {
  const { width, height } = context.canvas;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const block = (x: number, y: number, size: { width: number; height: number }, color: number) => {
    const [left, top] = [Math.round(x * scale), Math.round(y * scale)];
    const right = Math.min(width, Math.round((x + size.width) * scale));
    const bottom = Math.min(height, Math.round((y + size.height) * scale));
    for (let row = top; row < bottom; row++) pixels.fill(color, row * width + left, row * width + right);
  };
  if (layout.kind === 'bars') bars(layout, picture, block);
  else if (layout.info.colour) colours(layout, picture, block);
  else tiles(layout, picture, block);
  context.putImageData(image, 0, 0);
}

type Block = (x: number, y: number, size: { width: number; height: number }, color: number) => void;

function signedColor(table: Uint32Array, weight: number, reach: number): number {
  return table[colorIndex(reach > 0 ? (weight / reach + 1) / 2 : 0.5)] ?? 0;
}

function tiles(layout: BankLayout, { kernel, reach }: KernelPicture, block: Block): void {
  const [rows, columns] = layout.info.kernel;
  const table = pixelTable(signedMap);
  const cell = { width: layout.cell, height: layout.cell };
  for (let input = 0; input < layout.drawn; input++) {
    const corner = cornerOf(layout, input);
    for (let at = 0; at < rows * columns; at++) {
      const color = signedColor(table, kernel[input * rows * columns + at] ?? Number.NaN, reach);
      block(corner.x + (at % columns) * layout.cell, corner.y + Math.floor(at / columns) * layout.cell, cell, color);
    }
  }
}

function colours({ info, cell }: BankLayout, { kernel, reach }: KernelPicture, block: Block): void {
  const [rows, columns] = info.kernel;
  const plane = rows * columns;
  const one = new Uint8ClampedArray(4).fill(255);
  const pixel = new Uint32Array(one.buffer);
  for (let at = 0; at < plane; at++) {
    for (let channel = 0; channel < 3; channel++) one[channel] = colourByte(kernel[channel * plane + at] ?? 0, reach);
    block((at % columns) * cell, Math.floor(at / columns) * cell, { width: cell, height: cell }, pixel[0] ?? 0);
  }
}

/** Up for positive weights, down for negative ones, from a line in the middle. */
function bars(layout: BankLayout, { kernel, reach, order }: KernelPicture, block: Block): void {
  const middle = layout.canvas.height / 2;
  const table = pixelTable(signedMap);
  const [negative, positive] = [table[0] ?? 0, table[255] ?? 0];
  const width = layout.cell > 2 ? layout.cell - 1 : layout.cell;
  for (let place = 0; place < layout.drawn; place++) {
    const weight = kernel[order?.[place] ?? place] ?? 0;
    const height = reach > 0 ? Math.min(1, Math.abs(weight) / reach) * middle : 0;
    const { x } = cornerOf(layout, place);
    if (weight !== 0) block(x, weight > 0 ? middle - height : middle, { width, height }, weight > 0 ? positive : negative);
  }
}
