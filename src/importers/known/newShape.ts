import type { Dim, Shape } from '../../graph/opset.ts';
import { volume } from '../../ops/axes.ts';
import type { ModelError } from '../../shared/errors.ts';
import type { Known, Scalar } from './known.ts';

/** The node that reshapes, for errors. */
interface Node {
  unsupported(what: string): ModelError;
  corrupt(what: string): ModelError;
}

interface Options {
  /** A size of 0 copies the input's (ONNX). */
  zeroCopies: boolean;
  /** The batch size written in the file; 1 where it leaves it free. */
  fileBatch: number;
}

/**
 * The shape a Reshape makes, with the batch kept free: −1 takes what is left, and a batch size that is written into the file
 * (1, or the input's own) counts as the batch where the rest of the sizes fits.
 */
export function newShape(n: Node, from: Shape, wanted: Known, { zeroCopies, fileBatch }: Options): Shape {
  const dims = Array.from(wanted.data, (d, i) => (d === 0 && zeroCopies ? (from[i] ?? 0) : dim(n, d)));
  const size = volume(from);
  if (from[0] !== 'N') return fill(n, dims, size);
  const [first, ...rest] = dims;
  const fits = rest.includes(-1) || volume(rest) === size;
  const isBatch = first === 'N' || ((first === 1 || first === fileBatch) && fits) || (first === -1 && volume(rest) === size);
  if (isBatch) return ['N', ...fill(n, rest, size)];
  throw n.unsupported(`reshapes [${from}] to [${dims}], which mixes the batch with other axes`);
}

function dim(n: Node, d: Scalar): Dim {
  if (typeof d === 'number') return d;
  if (d.batches !== 1) throw n.unsupported('has a size that is a multiple of the batch');
  return 'N';
}

/** Replaces −1. */
function fill(n: Node, dims: readonly Dim[], size: number): number[] {
  const known = volume(dims.filter((d) => d !== -1));
  const rest = known === 0 ? 0 : size / known;
  const out = dims.map((d) => (d === -1 ? rest : (d as number)));
  if (dims.includes('N') || volume(out) !== size || out.some((d) => !Number.isInteger(d) || d < 0)) {
    throw n.corrupt(`cannot make [${dims}] of ${size} values`);
  }
  return out;
}
