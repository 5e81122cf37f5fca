import { findLayer, inputLayer } from '../explain/layers.ts';
import type { Method, Params } from '../explain/method.ts';
import { findMethod } from '../explain/methods/index.ts';
import { refusal } from '../explain/refusal.ts';
import type { Target } from '../explain/target.ts';
import { className, scoresClasses } from '../shared/classScores.ts';
import { ModelError } from '../shared/errors.ts';
import type { MapRequest, MethodInfo } from '../shared/protocol.ts';
import type { Prepared } from './inputs.ts';
import type { OpenModel } from './models.ts';
import { checkedParameters } from './parameters.ts';

/** A request with every default filled in, but for the target. */
export interface Resolved {
  method: Method;
  variant: string;
  /** Name of a spatial layer, or `input`. */
  layer: string;
  params: Params;
}

/** One map to be computed. */
export interface MapTask extends Resolved {
  target: Target;
}

/** Throws ModelError('method') naming what does not exist or does not apply. */
export function resolveRequest(open: OpenModel, request: MapRequest): Resolved {
  const { method, variant } = findMethod(request.method, request.variant);
  const why = refusal(method, open.model);
  if (why) throw why;
  const layer = method.info.at === 'input' ? inputLayer : layerOf(open, method, request.layer);
  return { method, variant, layer, params: parameters(method, open, request.params ?? {}) };
}

/** Throws ModelError('method') where the model has no such class, or the method no such target. */
export function resolveTarget(
  input: Pick<Prepared, 'open' | 'info'>,
  { method, variant }: Resolved,
  request: Pick<MapRequest, 'against'>,
  predicted: number,
): Target {
  const { open, info } = input;
  const target = { class: checkClass(input, predicted), against: resolveAgainst(input, method.info, request.against) };
  if (target.against === target.class) {
    throw new ModelError('method', `${className(info, predicted)} cannot be held against itself: the difference is 0 everywhere.`, {
      hint: 'Choose another class to hold it against, or none.',
    });
  }
  if (scoreOf(method, variant) === 'probability' && !scoresClasses(info)) throw noProbabilities(open, method, variant);
  return target;
}

/** What of the target a method reads. */
export function scoreOf(method: Method, variant: string): 'logit' | 'probability' {
  return method.family === 'perturbation' ? method.score(variant) : 'logit';
}

function resolveAgainst(
  input: Pick<Prepared, 'open' | 'info'>,
  { label, targets }: MethodInfo,
  against: number | undefined,
): number | undefined {
  if (against === undefined) return undefined;
  if (targets === 'any') return checkClass(input, against);
  const why = targets === 'none' ? 'draws the same map for every class' : 'holds a class against all others by itself';
  throw new ModelError('method', `${label} ${why}: it has no difference of two classes.`, {
    hint: 'Explain one class, or choose a method such as Grad-CAM.',
  });
}

function noProbabilities({ name, model }: OpenModel, { info }: Method, variant: string): ModelError {
  const label = info.variants.find(({ id }) => id === variant)?.label ?? variant;
  const cause = `the outputs of ${name} have neither a softmax or sigmoid nor names`;
  return new ModelError('method', `${info.label} (${label}) reads probabilities, and there are none: ${cause}.`, {
    file: model.file,
    hint: 'Choose a variant that reads the logit. If the outputs are scores of classes, name them in the sidecar (labels).',
  });
}

/** The index itself. Throws ModelError('method') where the model has no such class. */
export function checkClass({ open: { model, name }, info }: Pick<Prepared, 'open' | 'info'>, index: number): number {
  if (Number.isInteger(index) && index >= 0 && index < model.classes) return index;
  const [one, all] = scoresClasses(info) ? ['class', 'classes are'] : ['output', 'outputs are'];
  throw new ModelError('method', `${name} has no ${one} ${index}.`, {
    file: model.file,
    hint: model.classes === 1 ? `Its only ${one} is 0.` : `Its ${all} 0 to ${model.classes - 1}.`,
  });
}

/** A method that exists at one layer only stands there, whatever spatial layer is asked: the slider moves nothing. */
function layerOf(open: OpenModel, method: Method, asked: string | undefined): string {
  const layer = spatialLayer(open, method.info, asked);
  return method.family === 'graph' && method.onlyLayer ? method.onlyLayer(open.model) : layer;
}

/** Canonical name of the layer asked for, which must be spatial; the default layer where none is asked. */
function spatialLayer(open: OpenModel, { label }: MethodInfo, asked: string | undefined): string {
  const { model, name, layers, defaultLayer } = open;
  const { file } = model;
  if (defaultLayer === undefined) {
    throw new ModelError('method', `${label} needs a layer with height and width; ${name} has none.`, {
      file,
      hint: 'Use saliency or occlusion, which work on the input.',
    });
  }
  if (asked === undefined) return defaultLayer;
  const found = findLayer({ name, file, layers }, asked);
  if (found.spatial) return found.name;
  const why = `'${found.name}' (${found.kind}) gives [${found.shape}]`;
  throw new ModelError('method', `${label} needs a layer with height and width on the way to the logits; ${why}.`, {
    file,
    where: found.name,
    hint: `Choose a spatial layer, for example '${defaultLayer}'.`,
  });
}

/** The method's parameters with defaults, each checked. */
function parameters(method: Method, { model }: OpenModel, given: Params): Params {
  const sized = method.family === 'graph' ? {} : method.defaults(model.input.height, model.input.width);
  const values = checkedParameters(method.info, given, sized);
  method.check?.(values);
  return values;
}
