import type { TfliteModel, TfliteOperator, TfliteSignature, TfliteSubgraph, TfliteTensor } from '../../formats/tflite/types.ts';
import { ModelError } from '../../shared/errors.ts';
import type { TfGraph, TfNode } from '../tensorflow/graph.ts';
import { type Constants, readConstants } from './constants.ts';
import { dtypeOf } from './dataType.ts';
import { operatorName, tensorNames } from './names.ts';
import { operatorFor } from './operators/index.ts';
import { type Additions, OperatorView, Refused } from './operators/operator.ts';

/**
 * A TFLite network in TensorFlow's words. Quantised values stand for real numbers and the network runs in floats: weights are
 * dequantised when they are read, QUANTIZE and DEQUANTIZE are identities.
 * @throws ModelError('file-corrupt')
 */
export function tfGraph(model: TfliteModel): TfGraph {
  const signature = signatureOf(model);
  const network = networkOf(model);
  const taken = new Set<string>();
  const names = tensorNames(network.tensors, taken);
  const constants = readConstants(model, network, names);
  const additions: Additions = { nodes: [], constants: constants.readable, taken };
  translate(network, names, constants.unreadable, additions, `subgraph[${model.subgraphs.indexOf(network)}]`);
  /** What the signature calls an input or output; without one it has only the tensor's name. */
  const called = (index: number, side: 'inputs' | 'outputs') =>
    signature?.[side].find(({ tensor }) => tensor === index)?.name ?? (names[index] as string);
  return {
    nodes: additions.nodes,
    constants: additions.constants,
    inputs: network.inputs.map((index) => {
      const tensor = network.tensors[index] as TfliteTensor;
      const shape = tensor.shapeSignature.length > 0 ? tensor.shapeSignature : tensor.shape;
      return { name: called(index, 'inputs'), tensor: names[index] as string, dtype: dtypeOf(tensor), shape };
    }),
    outputs: network.outputs.map((index) => ({ name: called(index, 'outputs'), tensor: names[index] as string })),
  };
}

/** The subgraph that is run for inference. */
export function networkOf(model: TfliteModel): TfliteSubgraph {
  const network = model.subgraphs[signatureOf(model)?.subgraph ?? 0];
  if (!network) throw new ModelError('file-corrupt', 'The file holds no network.', { hint: 'Export or download it again.' });
  return network;
}

/** How the network is called for inference. */
function signatureOf({ signatures }: TfliteModel): TfliteSignature | undefined {
  return signatures.find(({ key }) => key === 'serving_default') ?? signatures.find(({ subgraph }) => subgraph === 0);
}

/** Adds all operators but those whose output is a constant: weights stored as float16 or int8 stand behind a DEQUANTIZE. */
function translate(
  { operators, tensors }: TfliteSubgraph,
  names: readonly string[],
  unreadable: Constants['unreadable'],
  additions: Additions,
  place: string,
): void {
  const operatorNames = new Set<string>();
  for (const [i, operator] of operators.entries()) {
    const [output] = operator.outputs;
    const inputs = operator.inputs.map((index) => (index < 0 ? '' : (names[index] as string)));
    const weight = operator.kind === 'DEQUANTIZE' ? additions.constants.get(inputs[0] ?? '') : undefined;
    if (weight && output !== undefined) {
      additions.constants.set(names[output] as string, weight);
      continue;
    }
    const outputs = operator.outputs.map((index) => names[index] as string);
    const name = operatorName(outputs[0] ?? `${operator.kind}[${i}]`, i, operatorNames);
    const node = { name, kind: operator.custom ?? operator.kind, inputs, outputs, attrs: {}, place: `${place}.operators[${i}]` };
    const why = operator.inputs.map((index) => unreadable.get(index)).find((reason) => reason !== undefined);
    const said = why === undefined ? inWords(operator, node, tensors, additions) : { refused: `reads what cannot be read: ${why}` };
    additions.nodes.push({ ...node, op: operator.kind, ...said });
  }
}

function inWords(
  operator: TfliteOperator,
  node: Omit<TfNode, 'op'>,
  tensors: readonly TfliteTensor[],
  additions: Additions,
): Partial<TfNode> {
  const say = operatorFor(operator.kind);
  if (!say) return { refused: operator.kind === 'CUSTOM' ? 'is a custom operator, which is not supported' : 'is not supported' };
  const before = additions.nodes.length;
  try {
    return say(new OperatorView(operator, node, tensors, additions));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    additions.nodes.length = before;
    return { refused: error.message };
  }
}
