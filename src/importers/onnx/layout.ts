import type { NodeContext } from './context.ts';

const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];

/**
 * Names of a node's outputs and the graph values to look at, which are channels-first. In models made from channels-last
 * ones (tf2onnx), and around LayerNormalization (ConvNeXt), some values are [N,H,W,C]: each is turned to channels-first and back on its way, so that the turned
 * value lies on the path to the logits and gradients reach it; the model's own Transpose then cancels.
 * `channelsLast` holds the graph values known to be [N,H,W,C].
 */
export function keepChannelsFirst(n: NodeContext, channelsLast: Set<string>): (readonly [string, string])[] {
  const named = n.proto.outputs.filter((output) => output !== '');
  const last = isChannelsLast(n, channelsLast);
  if (last && n.proto.opType === 'Transpose') {
    // The same picture in another order: nothing to look at.
    for (const output of named) channelsLast.add(output);
    return [];
  }
  return named.map((output) => {
    const { b, values } = n.scope;
    if (!last || b.shape(output).length !== 4) return [output, output];
    const first = b.op('Transpose', [output], { perm: TO_CHANNELS_FIRST }, n.fresh(`${output}:NCHW`));
    const back = b.op('Transpose', [first], { perm: TO_CHANNELS_LAST }, n.fresh(`${output}:NHWC`));
    channelsLast.add(back);
    values.set(output, back);
    return [output, first];
  });
}

/** Whether the outputs of a node are channels-last: a Transpose makes or ends it, everything else keeps it. */
function isChannelsLast(n: NodeContext, channelsLast: ReadonlySet<string>): boolean {
  const inputs = n.proto.inputs.filter((name) => name && !n.known(n.proto.inputs.indexOf(name)));
  const reads = inputs.some((name) => channelsLast.has(n.scope.values.get(name) ?? name));
  if (n.proto.opType !== 'Transpose') return reads;
  const perm = n.ints('perm') ?? [];
  return !reads && perm.length === 4 && perm.every((p, i) => p === TO_CHANNELS_LAST[i]);
}
