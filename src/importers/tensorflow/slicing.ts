import type { Shape } from '../../graph/opset.ts';
import type { Cut } from '../known/move.ts';
import type { NodeContext } from './context.ts';

/** What a StridedSlice does: cuts, then axes of size 1 that are taken away, then axes that are added (in the result). */
export interface StridedSlice {
  cuts: Cut[];
  dropped: number[];
  added: number[];
}

/**
 * `begin`, `end`, `strides` and their five masks (tf.strided_slice). The batch must be taken whole.
 * Source: https://www.tensorflow.org/api_docs/python/tf/strided_slice
 */
export function stridedSlice(n: NodeContext, shape: Shape): StridedSlice {
  const [begin, end, strides] = [1, 2, 3].map((i) => n.constants(i, 'bounds')) as [readonly number[], readonly number[], readonly number[]];
  const masked = (name: string, i: number) => (n.int(name, 0) & (1 << i)) !== 0;
  if (end.length !== begin.length || strides.length !== begin.length) throw n.corrupt('has begin, end and strides of different lengths');
  const spec = begin.map((_, i) => i);
  const taken = spec.filter((i) => !masked('new_axis_mask', i) && !masked('ellipsis_mask', i)).length;
  const result: StridedSlice = { cuts: [], dropped: [], added: [] };
  let [axis, out] = [0, 0];
  for (const i of spec) {
    if (masked('ellipsis_mask', i)) {
      const skip = shape.length - taken;
      axis += skip;
      out += skip;
    } else if (masked('new_axis_mask', i)) {
      result.added.push(out++);
    } else {
      const size = shape[axis];
      if (size === undefined) throw n.corrupt(`cuts more axes than [${shape}] has`);
      const drop = masked('shrink_axis_mask', i);
      const cut = cutOf(n, size, {
        axis,
        step: drop ? 1 : (strides[i] as number),
        begin: masked('begin_mask', i) && !drop ? undefined : (begin[i] as number),
        end: drop ? 'one' : masked('end_mask', i) ? undefined : (end[i] as number),
      });
      if (cut) result.cuts.push(cut);
      if (drop) result.dropped.push(axis);
      else out++;
      axis++;
    }
  }
  return result;
}

interface Spec {
  axis: number;
  step: number;
  /** Undefined: from the start, to the end. */
  begin: number | undefined;
  end: number | 'one' | undefined;
}

/** Undefined: the whole axis. */
function cutOf(n: NodeContext, size: number | 'N', { axis, step, begin, end }: Spec): Cut | undefined {
  if (step === 0) throw n.corrupt('has stride 0');
  if (size === 'N') {
    if ((begin ?? 0) === 0 && step === 1 && (end === undefined || (typeof end === 'number' && end >= 2 ** 31 - 1))) return undefined;
    throw n.unsupported('cuts the batch');
  }
  const from = (v: number) => (v < 0 ? v + size : v);
  if (end === 'one') {
    const at = from(begin as number);
    if (!(at >= 0 && at < size)) throw n.corrupt(`takes entry ${begin} of an axis of ${size}`);
    return { axis, start: at, size: 1, step: 1 };
  }
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (v: number) => Math.min(Math.max(v, low), high);
  const first = begin === undefined ? (step > 0 ? 0 : size - 1) : clamp(from(begin));
  const last = end === undefined ? (step > 0 ? size : -1) : clamp(from(end));
  return { axis, start: first, size: Math.max(0, Math.ceil((last - first) / step)), step };
}

/** The cuts of a Slice: begins and sizes per axis, −1 to the end. */
export function sliceCuts(n: NodeContext, shape: Shape): Cut[] {
  const begin = n.constants(1, 'begins');
  const sizes = n.constants(2, 'sizes');
  if (begin.length !== shape.length || sizes.length !== shape.length)
    throw n.corrupt(`has ${begin.length} begins for ${shape.length} axes`);
  return shape.flatMap((whole, axis) => {
    const [start, size] = [begin[axis] as number, sizes[axis] as number];
    if (whole === 'N') {
      if (start === 0 && size === -1) return [];
      throw n.unsupported('cuts the batch');
    }
    const taken = size === -1 ? whole - start : size;
    if (!(start >= 0 && taken >= 0 && start + taken <= whole)) throw n.corrupt(`takes ${taken} from ${start} on of an axis of ${whole}`);
    return start === 0 && taken === whole ? [] : [{ axis, start, size: taken, step: 1 }];
  });
}
