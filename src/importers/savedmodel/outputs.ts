import type { NodeDef } from '../../formats/tensorflow/types.ts';

const batchNorm = ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2'];

/** Names of the outputs, of operators that have more than one and may stand in a network for inference. */
const several: Readonly<Record<string, readonly string[] | undefined>> = {
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: [...batchNorm, 'reserve_space_3'],
  _FusedBatchNormEx: [...batchNorm, 'reserve_space_3'],
  MaxPoolWithArgmax: ['output', 'argmax'],
  Merge: ['output', 'value_index'],
  RefMerge: ['output', 'value_index'],
  RefSwitch: ['output_false', 'output_true'],
  Switch: ['output_false', 'output_true'],
  TopK: ['values', 'indices'],
  TopKV2: ['values', 'indices'],
};

/** How many outputs a node has; one where the operator is not known. */
export function outputCount({ op, attrs }: NodeDef): number {
  const listed = op === 'Unpack' ? attrs.num : op === 'Split' || op === 'SplitV' ? attrs.num_split : undefined;
  // No honest node has more.
  return several[op]?.length ?? (typeof listed === 'number' && listed >= 1 && listed <= 2 ** 16 ? listed : 1);
}

/** Position among all outputs of the `index`th tensor of output argument `arg`; undefined: no such output. */
export function outputIndex(op: string, arg: string | undefined, index: number): number | undefined {
  const names = several[op];
  if (arg === undefined || !names) return index;
  const at = names.indexOf(arg);
  return at < 0 || index > 0 ? undefined : at;
}
