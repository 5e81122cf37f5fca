import type { Dim, Shape } from '../../graph/opset.ts';
import { volume } from '../../ops/axes.ts';
import type { Known } from '../known/known.ts';
import type { NodeContext } from './context.ts';

/**
 * The shape a Reshape makes, with the batch kept free: −1 takes what is left, and a batch size that is written into the
 * file (1) counts as the batch where the rest of the sizes fits.
 */
export function newShape(n: NodeContext, wanted: Known): Shape {
  const from = n.shape(0);
  const dims = Array.from(wanted.data, (d): Dim => {
    if (typeof d === 'number') return d;
    if (d.batches !== 1) throw n.unsupported('has a size that is a multiple of the batch');
    return 'N';
  });
  const size = volume(from);
  if (from[0] !== 'N') return fill(n, dims, size);
  const [first, ...rest] = dims;
  const fits = rest.includes(-1) || volume(rest) === size;
  if (first === 'N' || (first === 1 && fits) || (first === -1 && volume(rest) === size)) return ['N', ...fill(n, rest, size)];
  throw n.unsupported(`reshapes [${from}] to [${dims}], which mixes the batch with other axes`);
}

/** Replaces −1. */
function fill(n: NodeContext, dims: readonly Dim[], size: number): number[] {
  const rest = size / volume(dims.filter((d) => d !== -1));
  const out = dims.map((d) => (d === -1 ? rest : (d as number)));
  if (dims.includes('N') || volume(out) !== size || out.some((d) => !Number.isInteger(d) || d < 0)) {
    throw n.corrupt(`cannot make [${dims}] of ${size} values`);
  }
  return out;
}
