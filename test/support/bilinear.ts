/** Bilinear resize of one plane by the textbook formula: each output cell is a weighted mean of four. */
export function resize(
  plane: ArrayLike<number>,
  [h, w]: readonly [number, number],
  [height, width]: readonly [number, number],
  coordinates: 'half_pixel' | 'align_corners',
): number[] {
  const place = (o: number, from: number, to: number) =>
    coordinates === 'align_corners' ? (to === 1 ? 0 : (o * (from - 1)) / (to - 1)) : ((o + 0.5) * from) / to - 0.5;
  const at = (y: number, x: number) => plane[Math.min(Math.max(y, 0), h - 1) * w + Math.min(Math.max(x, 0), w - 1)] as number;
  return Array.from({ length: height * width }, (_, i) => {
    const y = place(Math.floor(i / width), h, height);
    const x = place(i % width, w, width);
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const [down, right] = [y - top, x - left];
    const upper = (1 - right) * at(top, left) + right * at(top, left + 1);
    return (1 - down) * upper + down * ((1 - right) * at(top + 1, left) + right * at(top + 1, left + 1));
  });
}
