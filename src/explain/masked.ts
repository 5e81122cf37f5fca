/**
 * Writes the input [channels,cells] times a mask [cells] of which (mask − min)·scale is taken. Colours are three planes: a cell
 * of the mask is read once for them, which halves the time of the methods that mask thousands of inputs.
 */
export function writeMasked(
  input: Float32Array,
  mask: Float64Array,
  into: Float32Array,
  { min, scale }: { min: number; scale: number } = { min: 0, scale: 1 },
): void {
  const cells = mask.length;
  let from = 0;
  for (; from + 3 * cells <= input.length; from += 3 * cells) {
    for (let cell = 0; cell < cells; cell++) {
      const shown = ((mask[cell] as number) - min) * scale;
      const first = from + cell;
      const second = first + cells;
      const third = second + cells;
      into[first] = (input[first] as number) * shown;
      into[second] = (input[second] as number) * shown;
      into[third] = (input[third] as number) * shown;
    }
  }
  for (; from < input.length; from += cells) {
    for (let cell = 0; cell < cells; cell++) into[from + cell] = (input[from + cell] as number) * (((mask[cell] as number) - min) * scale);
  }
}
