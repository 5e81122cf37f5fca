import type { Dim, Shape } from '../../../graph/opset.ts';
import { newShape } from '../../known/newShape.ts';
import type { NodeContext } from '../context.ts';
import { realNumber } from '../quantisation.ts';
import { sliceSpec } from '../slicing.ts';
import type { Operator } from './operator.ts';

export const Concat: Operator = (n) => {
  const inputs = n.all();
  const axis = n.axis(n.int('axis', 1), n.shape(0).length);
  if (inputs.length === 1) n.emit('Identity', inputs, {});
  else n.emit('Concat', inputs, { axis });
};

/** Sizes as an attribute (to opset 12) or input (13 on), else equal parts; `num_outputs` (18 on) rounds up, the last is smaller. */
export const Split: Operator = (n) => {
  const shape = n.shape(0);
  const axis = n.axis(n.int('axis', 0), shape.length);
  const parts = n.proto.outputs.length;
  n.ignore('num_outputs');
  const size = shape[axis] as Dim;
  if (size === 'N') throw n.unsupported('splits the batch');
  const each = Math.ceil(size / parts);
  const equal = Array.from({ length: parts }, (_, i) => Math.min(each, size - i * each));
  const sizes = n.list('split', 1) ?? equal;
  if (parts === 1) n.emit('Identity', [n.value(0)], {});
  else {
    const names = n.proto.outputs.map((name, i) => name || n.fresh(`${n.name}:${i}`));
    n.scope.b.ops('Split', [n.value(0)], { axis, sizes }, names);
  }
};

export const Slice: Operator = (n) => {
  const cuts = sliceSpec(n, n.shape(0).length);
  if (cuts.length === 0) n.emit('Identity', [n.value(0)], {});
  else {
    // Exporters write INT64_MAX for "to the end"; as a double that would be 2^63 and no int64 any more.
    const bounded = (v: number) => Math.min(Math.max(v, -(2 ** 31)), 2 ** 31 - 1);
    n.emit('Slice', [n.value(0)], {
      starts: cuts.map((c) => bounded(c.start)),
      ends: cuts.map((c) => bounded(c.end)),
      axes: cuts.map((c) => c.axis),
      steps: cuts.map((c) => c.step),
    });
  }
};

/** Pads and value are attributes up to opset 10, inputs after; opset 18 adds axes. Negative pads cut. */
export const Pad: Operator = (n) => {
  const rank = n.shape(0).length;
  const mode = n.string('mode', 'constant');
  if (mode !== 'constant' && mode !== 'reflect' && mode !== 'edge') throw n.unsupported(`has mode '${mode}', which is not supported`);
  const given = n.list('pads', 1) ?? [];
  const value = realNumber(n, n.opset < 11 ? n.float('value', 0) : (n.constants(2, 'value')?.[0] ?? 0));
  const axes = n.constants(3, 'axes')?.map((axis) => n.axis(axis, rank)) ?? Array.from({ length: rank }, (_, i) => i);
  if (given.length !== 2 * axes.length) throw n.corrupt(`has ${given.length} pads for ${axes.length} axes`);
  const pads = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, i) => {
    pads[axis] = given[i] as number;
    pads[rank + axis] = given[axes.length + i] as number;
  });
  const source = pads.some((p) => p < 0) ? cut(n, pads, rank) : n.value(0);
  const positive = pads.map((p) => Math.max(0, p));
  if (positive.every((p) => p === 0)) n.emit('Identity', [source], {});
  else n.emit('Pad', [source], { pads: positive, mode, value });
};

function cut(n: NodeContext, pads: readonly number[], rank: number): string {
  const axes = Array.from({ length: rank }, (_, i) => i).filter((i) => (pads[i] as number) < 0 || (pads[rank + i] as number) < 0);
  const end = (i: number) => ((pads[rank + i] as number) < 0 ? (pads[rank + i] as number) : 2 ** 31 - 1);
  return n.helper(
    'Slice',
    [n.value(0)],
    { starts: axes.map((i) => Math.max(0, -(pads[i] as number))), ends: axes.map(end), axes, steps: axes.map(() => 1) },
    'cut',
  );
}

export const Flatten: Operator = (n) => {
  const rank = n.shape(0).length;
  const axis = n.int('axis', 1);
  n.emit('Flatten', [n.value(0)], { axis: axis === rank ? rank : n.axis(axis, rank) });
};

export const Reshape: Operator = (n) => {
  const wanted = n.known(1);
  if (!wanted) throw n.unsupported('has a shape that is computed from the image');
  const options = { zeroCopies: !n.flag('allowzero'), fileBatch: n.scope.fileBatch };
  n.emit('Reshape', [n.value(0)], { shape: newShape(n, n.shape(0), wanted, options) });
};

/** Two transposes that undo each other (channels-last models) become the value before both. */
export const Transpose: Operator = (n) => {
  const rank = n.shape(0).length;
  const perm = n.ints('perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  if (perm.length !== rank || new Set(perm).size !== rank) throw n.corrupt(`has perm [${perm}] for ${rank} axes`);
  const input = n.value(0);
  const before = n.scope.b.nodes.findLast((node) => node.outputs[0] === input);
  if (before?.op === 'Transpose' && perm.every((p, i) => before.attrs.perm[p] === i)) n.emit('Identity', [before.inputs[0] as string], {});
  else n.emit('Transpose', [input], { perm });
};

export const Squeeze: Operator = (n) => {
  const shape = n.shape(0);
  const given = n.list('axes', 1)?.map((axis) => n.axis(axis, shape.length));
  const axes = given ?? shape.flatMap((d, i) => (d === 1 ? [i] : []));
  if (axes.length === 0) n.emit('Identity', [n.value(0)], {});
  else n.emit('Squeeze', [n.value(0)], { axes: [...axes].sort((a, b) => a - b) });
};

export const Unsqueeze: Operator = (n) => {
  const axes = n.list('axes', 1) ?? [];
  const rank = n.shape(0).length + axes.length;
  n.emit('Unsqueeze', [n.value(0)], { axes: axes.map((axis) => n.axis(axis, rank)).sort((a, b) => a - b) });
};

/** Two-way broadcast: sizes of 1 in the wanted shape keep the input's. */
export const Expand: Operator = (n) => {
  const wanted = n.known(1);
  if (!wanted) throw n.unsupported('has a shape that is computed from the image');
  const from = n.shape(0);
  const rank = Math.max(from.length, wanted.data.length);
  const shape: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const own = from[i - rank + from.length] ?? 1;
    const d = wanted.data[i - rank + wanted.data.length] ?? 1;
    if (typeof d !== 'number' && d.batches !== 1) throw n.unsupported('expands to a multiple of the batch');
    const target: Dim = typeof d === 'number' ? d : 'N';
    // A batch size written into the file is the batch.
    const hardCoded = i === 0 && own === 'N' && target === n.scope.fileBatch;
    shape.push(target === 1 || hardCoded ? own : target);
  }
  n.emit('Expand', [n.value(0)], { shape: shape as Shape });
};

export const DepthToSpace: Operator = (n) => {
  const mode = n.string('mode', 'DCR');
  if (mode !== 'DCR' && mode !== 'CRD') throw n.corrupt(`has mode '${mode}'`);
  n.emit('DepthToSpace', [n.value(0)], { blocksize: n.int('blocksize', 0), mode });
};

export const Gather: Operator = (n) => {
  n.emit('Gather', [n.value(0), n.value(1)], { axis: n.axis(n.int('axis', 0), n.shape(0).length) });
};

/** Moves blocks of cells into channels: [N,C,H,W] to [N,b·b·C,H/b,W/b], the place in the block first. */
export const SpaceToDepth: Operator = (n) => {
  const [batch, channels, height, width] = n.image(0);
  const size = n.int('blocksize', 0);
  const [rows, columns] = [height / size, width / size];
  if (!Number.isInteger(rows) || !Number.isInteger(columns)) throw n.corrupt(`has blocksize ${size} for an image of ${height}×${width}`);
  const blocks = n.helper('Reshape', [n.value(0)], { shape: [batch, channels, rows, size, columns, size] }, 'blocks');
  const turned = n.helper('Transpose', [blocks], { perm: [0, 3, 5, 1, 2, 4] }, 'turned');
  n.emit('Reshape', [turned], { shape: [batch, size * size * channels, rows, columns] });
};

/** Repeats along axes, each of which is one cell wide or as often as it is: by Expand between two reshapes. */
export const Tile: Operator = (n) => {
  const repeats = n.constants(1, 'repeats') ?? [];
  const shape = n.shape(0);
  if (repeats.length !== shape.length) throw n.corrupt(`has ${repeats.length} repeats for ${shape.length} axes`);
  if (repeats[0] !== 1 && shape[0] === 'N') throw n.unsupported('repeats the batch');
  const sizes = shape.map((d, i) => (d === 'N' ? 'N' : d * (repeats[i] as number)));
  const apart = shape.flatMap((d, i): Dim[] => (i === 0 ? [d] : [1, d]));
  const first = shape[0] === 'N' ? [] : [repeats[0] as number];
  const full = shape.flatMap((d, i): Dim[] => (i === 0 ? [d] : [repeats[i] as number, d]));
  if (repeats.every((r) => r === 1)) n.emit('Identity', [n.value(0)], {});
  else {
    const split = n.helper('Reshape', [n.value(0)], { shape: first.length > 0 ? [1, ...apart] : apart }, 'apart');
    const wide = n.helper('Expand', [split], { shape: [...first, ...full] }, 'repeated');
    n.emit('Reshape', [wide], { shape: sizes });
  }
};

/** Whole slices of the first axis, by constant indices [..., 1]. */
export const GatherND: Operator = (n) => {
  const indices = n.known(1);
  if (n.int('batch_dims', 0) !== 0 || indices?.shape.at(-1) !== 1)
    throw n.unsupported('picks along more than the first axis, which is not supported');
  if (n.shape(0)[0] === 'N') throw n.unsupported('picks from the batch');
  const at = n.constant(n.proto.inputs[1] as string, { ...indices, shape: indices.shape.slice(0, -1) });
  n.emit('Gather', [n.value(0), at], { axis: 0 });
};
