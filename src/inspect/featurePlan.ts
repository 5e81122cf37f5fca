import { check } from '../graph/check.ts';
import type { Graph } from '../graph/graph.ts';
import { prune } from '../graph/prune.ts';
import type { Model } from '../importers/model.ts';
import { infer, newBuilder } from '../ops/index.ts';
import { foldBatchNorm } from '../transform/foldBatchNorm.ts';

/** A graph that computes what an index keeps of an image. */
export interface FeaturePlan {
  graph: Graph;
  logits: string;
  /** [N,C], or [N,C,1,1]. */
  features: string;
}

/** The forward pass with the features at `value` [N,C,H,W] or [N,C]: a vector as it is, a picture averaged over its positions. */
export function planFeatures(model: Model, value: string): FeaturePlan {
  const outputs = [model.logits, value];
  const { graph } = foldBatchNorm(prune(model.graph, outputs), new Set(outputs));
  const b = newBuilder(graph);
  const [, , height = 1, width = 1] = b.shape(value).map(Number);
  const features = height * width > 1 ? b.op('ReduceMean', [value], { axes: [2, 3], keepdims: false }) : value;
  const asked = [...new Set([model.logits, features])];
  return { graph: check(prune(b.build(asked), asked), infer), logits: model.logits, features };
}
