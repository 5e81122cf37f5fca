import type { GraphBuilder } from '../../graph/builder.ts';
import type { Node } from '../../graph/graph.ts';
import type { OpName } from '../../graph/opset.ts';
import type { Model } from '../../importers/model.ts';
import { opOf } from '../../ops/index.ts';
import type { Gradient } from '../../ops/op.ts';
import type { Check } from '../../shared/protocol.ts';
import { differentiate, type GradientRule } from '../../transform/differentiate.ts';
import { layerAt } from '../layers.ts';
import { activationsOf, type ReluKind } from '../relus.ts';
import type { Sweep } from '../sweep.ts';
import { redirectedRule } from './redirectedRelu.ts';

/** Which activations are treated as a ReLU, by variant: Captum and pytorch-grad-cam change `nn.ReLU` alone. */
export const reluKind = (variant: string): ReluKind => (variant === 'captum' || variant === 'nearest' ? 'relu' : 'rectifiers');

const rectified = (b: GraphBuilder, grad: string) => b.op('Relu', [grad], {});

/** d·[d>0]·[x>0], and [x<6] too at a ReLU6: the ordinary derivative of what is positive. */
const guidedRule =
  (node: Node): Gradient<OpName> =>
  (context) => {
    const { gradient } = opOf(node);
    if (gradient === 'none') return [];
    const grad = rectified(context.b, context.grad);
    return gradient({ ...context, grad, grads: [grad] });
  };

/** d·[d>0], whatever went in. */
const deconvRule =
  (): Gradient<OpName> =>
  ({ b, grad }) => [() => rectified(b, grad)];

const rules = { guided: guidedRule, deconvnet: deconvRule, redirected: redirectedRule };
export type ReluRule = keyof typeof rules;

/**
 * The rule at the activations of the model that count as ReLUs; everything else keeps its derivative.
 * @param value what is differentiated, where it is not on the way to the logits
 */
export function atRelus(id: ReluRule, model: Model, kind: ReluKind, value = model.logits): GradientRule {
  // Of the model, not of what is being built: other sweeps read the activations too.
  const { relus } = activationsOf(model, kind, value);
  return (node) => (relus.has(node.outputs[0] as string) ? rules[id](node) : undefined);
}

function sweep(id: ReluRule, kind: ReluKind): Sweep {
  return {
    id: `${id}:${kind}`,
    affine: true,
    conserved: false,
    emit: (b, { model, logits, target }, wrt) => differentiate(b, logits, target, wrt, atRelus(id, model, kind)),
    remarks: (model) => remarks(model, kind),
  };
}

/** Guided backpropagation. Max pools keep their winners, everything else its derivative. */
export const guided: Record<ReluKind, Sweep> = {
  rectifiers: sweep('guided', 'rectifiers'),
  relu: sweep('guided', 'relu'),
};

/** The deconvolutional network's backward pass; its unpooling by switches is the ordinary gradient of a max pool. */
export const deconvnet: Record<ReluKind, Sweep> = {
  rectifiers: sweep('deconvnet', 'rectifiers'),
  relu: sweep('deconvnet', 'relu'),
};

/** How many activations have no rule here, and where the first of them are. */
function remarks(model: Model, kind: ReluKind): Check[] {
  const { relus, others } = activationsOf(model, kind);
  if (others.length === 0) return [];
  const shown = others.slice(0, 3).map((node) => `${node.op} at '${layerAt(model, node.outputs[0] as string)?.name ?? node.outputs[0]}'`);
  const more = others.length > shown.length ? `, and ${others.length - shown.length} more` : '';
  const all = relus.size === 0 ? ' Nothing is rectified: this is the plain gradient.' : '';
  const text = `${others.length} of ${others.length + relus.size} activations are no ${kind === 'relu' ? 'ReLU' : 'ReLU or ReLU6'} and keep their ordinary derivative: ${shown.join(', ')}${more}.${all}`;
  return [{ id: 'activations', label: 'Activations', text, ok: false }];
}
