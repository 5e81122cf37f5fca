import type { Dim, Shape } from '../../graph/opset.ts';
import { volume } from '../../ops/axes.ts';
import type { Scalar } from '../known/known.ts';
import type { NodeContext } from './context.ts';

/**
 * The shape a Reshape makes, with the batch kept free: 0 copies, −1 takes what is left, and a batch size that is
 * written into the file (1, or the input's own) counts as the batch where the rest of the sizes fits.
 */
export function newShape(n: NodeContext): Shape {
  const wanted = n.known(1);
  if (!wanted) throw n.unsupported('has a shape that is computed from the image');
  const from = n.shape(0);
  const keepZeros = n.flag('allowzero');
  const dims = Array.from(wanted.data, (d, i) => (d === 0 && !keepZeros ? (from[i] ?? 0) : dim(n, d)));
  const size = volume(from);
  if (from[0] !== 'N') return fill(n, dims, size);
  const [first, ...rest] = dims;
  if (first === 'N') return ['N', ...fill(n, rest, size)];
  if (first === -1 && volume(rest) === size) return ['N', ...fill(n, rest, size)];
  if (first === 1 || first === n.scope.fileBatch) {
    if (rest.includes(-1) || volume(rest) === size) return ['N', ...fill(n, rest, size)];
  }
  throw n.unsupported(`reshapes [${from}] to [${dims}], which mixes the batch with other axes`);
}

function dim(n: NodeContext, d: Scalar): Dim {
  if (typeof d === 'number') return d;
  if (d.batches !== 1) throw n.unsupported('has a size that is a multiple of the batch');
  return 'N';
}

/** Replaces −1. */
function fill(n: NodeContext, dims: readonly Dim[], size: number): number[] {
  const known = volume(dims.filter((d) => d !== -1));
  const rest = known === 0 ? 0 : size / known;
  const out = dims.map((d) => (d === -1 ? rest : (d as number)));
  if (dims.includes('N') || volume(out) !== size || out.some((d) => !Number.isInteger(d) || d < 0)) {
    throw n.corrupt(`cannot make [${dims}] of ${size} values`);
  }
  return out;
}
