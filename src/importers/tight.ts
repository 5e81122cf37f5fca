/** Values in a buffer of their own: a view that is kept keeps the whole file in memory. */
export function tight(values: Float32Array): Float32Array {
  return values.byteLength === values.buffer.byteLength ? values : values.slice();
}
