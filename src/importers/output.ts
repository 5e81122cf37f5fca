import type { GraphBuilder } from '../graph/builder.ts';
import { formatShape, type Node } from '../graph/graph.ts';
import type { Shape } from '../graph/opset.ts';
import { ModelError } from '../shared/errors.ts';
import type { OutputActivation } from './model.ts';

export interface Logits {
  /** [N,classes]. */
  value: string;
  classes: number;
  activation: OutputActivation;
}

/** Number of classes if a value of this shape can be a classifier's output: one axis of scores per image, [N,C], [N,C,1,1], [N,1,1,C], [N]. */
export function classesOf(shape: Shape, batch: Shape[number]): number | undefined {
  const [first, ...rest] = shape;
  const sizes = rest.filter((d) => d !== 1) as number[];
  return first === batch && sizes.length <= 1 ? (sizes[0] ?? 1) : undefined;
}

/**
 * The logits behind the output value: what a final Softmax, LogSoftmax or Sigmoid reads, also where it is followed by
 * operators that only change the shape; as [N,classes]. Adds a Reshape where the shape is another.
 */
export function findLogits(b: GraphBuilder, output: string, fresh: (name: string) => string): Logits {
  const batch = b.shape(output)[0] as Shape[number];
  const classes = classesOf(b.shape(output), batch) as number;
  const makers = new Map(b.nodes.flatMap((node) => node.outputs.map((o) => [o, node] as const)));
  let value = output;
  let maker = makers.get(value);
  while (maker && movesOnly.has(maker.op) && classesOf(b.shape(maker.inputs[0] as string), batch) === classes) {
    value = maker.inputs[0] as string;
    maker = makers.get(value);
  }
  const activation = maker ? activationOf(maker, b.shape(value), classes) : 'none';
  const scores = maker && activation !== 'none' ? (maker.inputs[0] as string) : output;
  const flat = b.shape(scores).length === 2 && classesOf(b.shape(scores), batch) === classes && b.shape(scores)[1] === classes;
  const shape: Shape = [batch, classes];
  return { value: flat ? scores : b.op('Reshape', [scores], { shape }, fresh(`${scores}:logits`)), classes, activation };
}

const movesOnly = new Set<Node['op']>(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose']);

function activationOf(node: Node, shape: Shape, classes: number): OutputActivation {
  if (node.op === 'Sigmoid') return 'sigmoid';
  if (node.op !== 'Softmax' && node.op !== 'LogSoftmax') return 'none';
  // Over any other axis it is no distribution over the classes, and the values after it are what the model says.
  return shape[node.attrs.axis] === classes && classes > 1 ? 'softmax' : 'none';
}

export function noClassifier(outputs: readonly (readonly [name: string, shape: Shape | undefined])[]): ModelError {
  const list = outputs.map(([name, shape]) => `'${name}' ${shape ? formatShape(shape) : '(no tensor of floats)'}`).join(', ');
  return new ModelError(
    'unsupported',
    `The model has no output with one score per class ([N,classes]); its outputs are ${list || 'none'}.`,
    {
      hint: 'Glassbox explains image classifiers.',
    },
  );
}
