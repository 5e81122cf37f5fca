import { dataType } from '../dataType.ts';
import { type OperatorView, Refused, type Translate } from './operator.ts';

const same =
  (op: string): Translate =>
  () => ({ op });

/** The new shape is the second input, or in old files an option. */
const RESHAPE: Translate = (o) => ({
  op: 'Reshape',
  inputs: [o.input(0), o.has(1) ? o.input(1) : o.constant('shape', 'int32', o.ints('new_shape'))],
});

const axis = (o: OperatorView) => o.constant('axis', 'int32', [o.number('axis')], []);

const CONCATENATION: Translate = (o) => ({ op: 'ConcatV2', inputs: [...o.inputs, axis(o)], attrs: o.fused() });

const GATHER: Translate = (o) => {
  if (o.number('batch_dims') !== 0) throw new Refused(`gathers with batch_dims ${o.number('batch_dims')}, which is not supported`);
  return { op: 'GatherV2', inputs: [...o.inputs, axis(o)] };
};

const STRIDED_SLICE: Translate = (o) => {
  if (o.flag('offset')) throw new Refused('has ends that count from the begins, which is not supported');
  const masks = ['begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'];
  return { op: 'StridedSlice', attrs: Object.fromEntries(masks.map((mask) => [mask, o.number(mask)])) };
};

/** Mode 0 leaves the border out, 1 repeats it. */
const MIRROR_PAD: Translate = (o) => ({
  op: 'MirrorPad',
  attrs: { mode: ['REFLECT', 'SYMMETRIC'][o.number('mode')] ?? `mode ${o.number('mode')}` },
});

const resize =
  (op: string): Translate =>
  (o) => ({ op, attrs: { align_corners: o.flag('align_corners'), half_pixel_centers: o.flag('half_pixel_centers') } });

const blocks =
  (op: string): Translate =>
  (o) => ({ op, attrs: { block_size: o.number('block_size'), data_format: 'NHWC' } });

/** [x, axis]. */
const argument =
  (op: string): Translate =>
  (o) => ({ op, attrs: { output_type: dataType(o.output.type) } });

export const shape = {
  ARG_MAX: argument('ArgMax'),
  ARG_MIN: argument('ArgMin'),
  BATCH_TO_SPACE_ND: same('BatchToSpaceND'),
  BROADCAST_TO: same('BroadcastTo'),
  CONCATENATION,
  DEPTH_TO_SPACE: blocks('DepthToSpace'),
  EXPAND_DIMS: same('ExpandDims'),
  FILL: same('Fill'),
  GATHER,
  MIRROR_PAD,
  PACK: ((o) => ({ op: 'Pack', attrs: { axis: o.number('axis') } })) as Translate,
  PAD: same('Pad'),
  PADV2: same('PadV2'),
  RANGE: same('Range'),
  RANK: same('Rank'),
  RESHAPE,
  RESIZE_BILINEAR: resize('ResizeBilinear'),
  RESIZE_NEAREST_NEIGHBOR: resize('ResizeNearestNeighbor'),
  SHAPE: ((o) => ({ op: 'Shape', attrs: { out_type: dataType(o.output.type) } })) as Translate,
  SLICE: same('Slice'),
  SPACE_TO_BATCH_ND: same('SpaceToBatchND'),
  SPACE_TO_DEPTH: blocks('SpaceToDepth'),
  SPLIT: ((o) => ({ op: 'Split', attrs: { num_split: o.number('num_splits') } })) as Translate,
  SPLIT_V: same('SplitV'),
  SQUEEZE: ((o) => ({ op: 'Squeeze', attrs: { squeeze_dims: o.ints('squeeze_dims') } })) as Translate,
  STRIDED_SLICE,
  TILE: same('Tile'),
  TRANSPOSE: same('Transpose'),
  UNPACK: ((o) => ({ op: 'Unpack', attrs: { axis: o.number('axis'), num: o.number('num') } })) as Translate,
};
