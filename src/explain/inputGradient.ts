import { check } from '../graph/check.ts';
import type { Graph } from '../graph/graph.ts';
import type { Dim } from '../graph/opset.ts';
import { prune } from '../graph/prune.ts';
import type { Model } from '../importers/model.ts';
import { infer, newBuilder } from '../ops/index.ts';
import { differentiate } from '../transform/differentiate.ts';
import { foldBatchNorm } from '../transform/foldBatchNorm.ts';

/** The forward pass and the gradient of a scalar of the logits at the input. */
export interface InputGradient {
  graph: Graph;
  /** Weight of each logit in the scalar [N,classes], an input. */
  classInput: string;
  logits: string;
  /** [N,C,H,W]. */
  gradient: string;
}

/** Throws ModelError('method') where the network has no gradient, naming the value. */
export function planInputGradient(model: Model): InputGradient {
  const { graph: forward } = foldBatchNorm(prune(model.graph, [model.logits]), new Set());
  const b = newBuilder(forward);
  const [images] = b.shape(model.logits) as [Dim];
  const classInput = b.input(b.unique('class'), { dtype: 'float32', shape: [images, model.classes] });
  const { value } = model.input;
  const found = differentiate(b, model.logits, classInput, [value]).get(value);
  // Logits that depend on nothing in the image: its gradient is 0.
  const gradient = found ?? b.op('Mul', [value, b.scalar(0)], {});
  const outputs = [model.logits, gradient];
  return { graph: check(prune(b.build(outputs), outputs), infer), classInput, logits: model.logits, gradient };
}
