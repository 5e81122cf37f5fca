/** TensorFlow's `same`: output ⌈input/stride⌉, what cannot be split evenly goes to the end. `reach`: extent of the dilated kernel. */
export function samePadding(input: number, reach: number, stride: number): [begin: number, end: number] {
  const total = Math.max(0, (Math.ceil(input / stride) - 1) * stride + reach - input);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}
