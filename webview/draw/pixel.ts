let one: CanvasRenderingContext2D | null | undefined;
let last: { source: string; x: number; y: number; color: [number, number, number] } | undefined;

/** Colour of one pixel of an image, sRGB bytes; undefined when the browser does not let it be read. */
export function colorAt(image: HTMLImageElement, x: number, y: number): [number, number, number] | undefined {
  if (last?.source === image.currentSrc && last.x === x && last.y === y) return last.color;
  one ??= Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  if (!one) return undefined;
  try {
    one.clearRect(0, 0, 1, 1);
    one.drawImage(image, x, y, 1, 1, 0, 0, 1, 1);
    const [r = 0, g = 0, b = 0] = one.getImageData(0, 0, 1, 1).data;
    last = { source: image.currentSrc, x, y, color: [r, g, b] };
    return last.color;
  } catch {
    return undefined;
  }
}
