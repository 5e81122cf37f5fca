import type { TfGraph } from './graph.ts';

const weighted = new Set(['Conv2D', 'DepthwiseConv2dNative', 'MatMul', '_FusedConv2D', 'FusedDepthwiseConv2dNative', '_FusedMatMul']);
const GENERATED = /^(Stateful)?PartitionedCall(_\d+)?$/;

/**
 * What the model called itself when it was traced: the name that stands in front of all its layers', `resnet50_1` of
 * `resnet50_1/conv1_conv_1/convolution`. Undefined: there is none.
 */
export function tracedName({ nodes }: TfGraph): string | undefined {
  let common: string | undefined;
  for (const { op, name } of nodes) {
    if (!weighted.has(op)) continue;
    const [first, ...rest] = name.split('/').filter((part) => !GENERATED.test(part));
    // Model, layer, operator.
    if (first === undefined || rest.length < 2 || (common !== undefined && first !== common)) return undefined;
    common = first;
  }
  return common;
}
