/** Diagonal stripes, light and dark, to be seen on any picture: "nothing known here". */
export function hatch(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D): CanvasPattern | null {
  const size = 8;
  const tile = new OffscreenCanvas(size, size);
  const pen = tile.getContext('2d');
  if (!pen) return null;
  pen.lineWidth = 1;
  for (const [offset, color] of [
    [0, 'rgba(0, 0, 0, 0.45)'],
    [1.5, 'rgba(255, 255, 255, 0.45)'],
  ] as const) {
    pen.strokeStyle = color;
    pen.beginPath();
    for (let x = -size; x <= 2 * size; x += size) {
      pen.moveTo(x + offset, size);
      pen.lineTo(x + size + offset, 0);
    }
    pen.stroke();
  }
  return context.createPattern(tile, 'repeat');
}
