import type { Table } from '../flatbuffers/table.ts';
import type { TfliteOptions } from './types.ts';

/** How a field is read; of no table at all it has its default. */
type Field = (table: Table | undefined, name: string) => number | boolean | readonly number[];

const int =
  (id: number, absent = 0): Field =>
  (table) =>
    table?.int32(id, absent) ?? absent;
const byte =
  (id: number): Field =>
  (table) =>
    table?.int8(id) ?? 0;
const float =
  (id: number): Field =>
  (table) =>
    table?.float(id) ?? 0;
const flag =
  (id: number): Field =>
  (table) =>
    table?.bool(id) ?? false;
const ints =
  (id: number): Field =>
  (table, name) =>
    table?.int32s(id, name) ?? [];

/** An operator's options: their number in the union `BuiltinOptions`, and their fields. */
interface Options {
  type: number;
  fields: Readonly<Record<string, Field>>;
}

const pool: Options = {
  type: 5,
  fields: {
    padding: byte(0),
    stride_w: int(1),
    stride_h: int(2),
    filter_width: int(3),
    filter_height: int(4),
    fused_activation_function: byte(5),
  },
};
const onlyActivation = (type: number): Options => ({ type, fields: { fused_activation_function: byte(0) } });
const reducer: Options = { type: 27, fields: { keep_dims: flag(0) } };

const byOperator: Readonly<Record<string, Options>> = {
  CONV_2D: {
    type: 1,
    fields: {
      padding: byte(0),
      stride_w: int(1),
      stride_h: int(2),
      fused_activation_function: byte(3),
      dilation_w_factor: int(4, 1),
      dilation_h_factor: int(5, 1),
    },
  },
  DEPTHWISE_CONV_2D: {
    type: 2,
    fields: {
      padding: byte(0),
      stride_w: int(1),
      stride_h: int(2),
      depth_multiplier: int(3),
      fused_activation_function: byte(4),
      dilation_w_factor: int(5, 1),
      dilation_h_factor: int(6, 1),
    },
  },
  TRANSPOSE_CONV: { type: 49, fields: { padding: byte(0), stride_w: int(1), stride_h: int(2), fused_activation_function: byte(3) } },
  FULLY_CONNECTED: { type: 8, fields: { fused_activation_function: byte(0), weights_format: byte(1), keep_num_dims: flag(2) } },
  BATCH_MATMUL: { type: 101, fields: { adj_x: flag(0), adj_y: flag(1) } },
  AVERAGE_POOL_2D: pool,
  MAX_POOL_2D: pool,
  L2_POOL_2D: pool,
  ADD: onlyActivation(11),
  MUL: onlyActivation(21),
  SUB: onlyActivation(28),
  DIV: onlyActivation(29),
  L2_NORMALIZATION: onlyActivation(12),
  LOCAL_RESPONSE_NORMALIZATION: { type: 13, fields: { radius: int(0), bias: float(1), alpha: float(2), beta: float(3) } },
  SOFTMAX: { type: 9, fields: { beta: float(0) } },
  LEAKY_RELU: { type: 75, fields: { alpha: float(0) } },
  GELU: { type: 116, fields: { approximate: flag(0) } },
  CONCATENATION: { type: 10, fields: { axis: int(0), fused_activation_function: byte(1) } },
  RESHAPE: { type: 17, fields: { new_shape: ints(0) } },
  SQUEEZE: { type: 30, fields: { squeeze_dims: ints(0) } },
  SPLIT: { type: 35, fields: { num_splits: int(0) } },
  STRIDED_SLICE: {
    type: 32,
    fields: {
      begin_mask: int(0),
      end_mask: int(1),
      ellipsis_mask: int(2),
      new_axis_mask: int(3),
      shrink_axis_mask: int(4),
      offset: flag(5),
    },
  },
  PACK: { type: 59, fields: { values_count: int(0), axis: int(1) } },
  UNPACK: { type: 64, fields: { num: int(0), axis: int(1) } },
  GATHER: { type: 23, fields: { axis: int(0), batch_dims: int(1) } },
  MIRROR_PAD: { type: 77, fields: { mode: byte(0) } },
  RESIZE_BILINEAR: { type: 15, fields: { align_corners: flag(2), half_pixel_centers: flag(3) } },
  RESIZE_NEAREST_NEIGHBOR: { type: 74, fields: { align_corners: flag(0), half_pixel_centers: flag(1) } },
  SPACE_TO_DEPTH: { type: 19, fields: { block_size: int(0) } },
  DEPTH_TO_SPACE: { type: 94, fields: { block_size: int(0) } },
  MEAN: reducer,
  SUM: reducer,
  REDUCE_MAX: reducer,
  REDUCE_MIN: reducer,
  REDUCE_PROD: reducer,
  REDUCE_ANY: reducer,
  REDUCE_ALL: reducer,
  CUMSUM: { type: 102, fields: { exclusive: flag(0), reverse: flag(1) } },
  ONE_HOT: { type: 61, fields: { axis: int(0) } },
};

/** Fields of `Operator` that hold the options. */
const TYPE = 3;
const VALUE = 4;

/** The options of an operator; {} where it has none that matter. A table that is absent has the schema's defaults. */
export function readOptions(kind: string, operator: Table): TfliteOptions {
  const options = Object.hasOwn(byOperator, kind) ? byOperator[kind] : undefined;
  if (!options) return {};
  const type = operator.uint8(TYPE);
  if (type !== 0 && type !== options.type) throw operator.corrupt(`${kind} has options of type ${type}, it needs ${options.type}`);
  const table = type === 0 ? undefined : operator.table(VALUE, 'builtin_options');
  return Object.fromEntries(Object.entries(options.fields).map(([name, read]) => [name, read(table, name)]));
}
