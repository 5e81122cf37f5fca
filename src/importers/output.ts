import type { GraphBuilder } from '../graph/builder.ts';
import { formatShape, type Node } from '../graph/graph.ts';
import type { Dim, Shape } from '../graph/opset.ts';
import { ModelError } from '../shared/errors.ts';
import type { DenseOutput, Model, OutputActivation } from './model.ts';

/** An output as the file declares it. */
export interface FileOutput {
  name: string;
  /** Graph value; undefined where it is no tensor of floats. */
  value: string | undefined;
  /** Axis of the classes, where the value has four. */
  channels: 1 | 3;
  /** Why it could not be imported. */
  failure?: ModelError;
}

/** What of a model is explained, and how it is written in the graph. */
export type Explained = Pick<Model, 'logits' | 'classes' | 'activation' | 'dense' | 'outputs' | 'output'> & {
  /** Values that the graph puts out: the logits, and what the file puts out where that is something else. */
  values: readonly string[];
};

/** Scores per image, or per class and cell. */
type Kind = 'scores' | 'dense' | undefined;

/** Number of classes if a value of this shape can be a classifier's output: one axis of scores per image, [N,C], [N,C,1,1], [N,1,1,C], [N]. */
export function classesOf(shape: Shape, batch: Dim): number | undefined {
  const [first, ...rest] = shape;
  const sizes = rest.filter((d) => d !== 1) as number[];
  return first === batch && sizes.length <= 1 ? (sizes[0] ?? 1) : undefined;
}

/**
 * Finds the output to be explained and appends what makes logits [N,classes] of it: for a dense output [N,C,H,W] the mean
 * over its cells. `wanted` names it; by default it is the first with one score per class, else the first dense one.
 * @throws ModelError('unsupported') where there is none; what `failure` says where one before it could not be imported;
 *   'input' where the one that is wanted does not exist or is neither
 */
export function explainedOutput(b: GraphBuilder, declared: readonly FileOutput[], batch: Dim, wanted: string | undefined): Explained {
  const outputs = declared.map((output) => beforeSqueeze(b, output));
  const kind = ({ value }: FileOutput) => (value === undefined ? undefined : kindOf(b.shape(value), batch));
  const chosen = wanted === undefined ? byDefault(outputs, kind, b) : named(wanted, outputs, kind, b);
  const found = kind(chosen) === 'dense' ? denseLogits(b, chosen, batch) : findLogits(b, chosen.value as string, batch);
  const names = outputs.filter((output) => kind(output) !== undefined).map(({ name }) => name);
  const values = found.activation === 'none' ? [found.logits] : [found.logits, chosen.value as string];
  return { ...found, outputs: names, output: chosen.name, values };
}

/** A picture [N,H,W] whose one channel was squeezed away, as maps of depth and masks often are, with its channel. */
function beforeSqueeze(b: GraphBuilder, output: FileOutput): FileOutput {
  const maker = output.value === undefined ? undefined : makersIn(b).get(output.value);
  const [axis] = maker?.op === 'Squeeze' ? maker.attrs.axes : [];
  const value = maker?.inputs[0];
  const alone = value !== undefined && b.shape(value).length === 4 && b.shape(output.value as string).length === 3;
  return alone && (axis === 1 || axis === 3) ? { ...output, value, channels: axis } : output;
}

function kindOf(shape: Shape, batch: Dim): Kind {
  if (classesOf(shape, batch) !== undefined) return 'scores';
  return shape.length === 4 && shape[0] === batch ? 'dense' : undefined;
}

function byDefault(outputs: readonly FileOutput[], kind: (output: FileOutput) => Kind, b: GraphBuilder): FileOutput {
  const first = outputs.find((output) => output.failure || kind(output) === 'scores') ?? outputs.find((output) => kind(output) === 'dense');
  if (!first) {
    const what = 'no output with one score per class ([N,classes]), nor with scores per class and cell ([N,classes,H,W])';
    throw new ModelError('unsupported', `The model has ${what}; its outputs are ${list(outputs, b) || 'none'}.`, {
      hint: 'Glassbox explains models of images whose output is scores.',
    });
  }
  if (first.failure) throw first.failure;
  return first;
}

function named(wanted: string, outputs: readonly FileOutput[], kind: (output: FileOutput) => Kind, b: GraphBuilder): FileOutput {
  const found = outputs.find(({ name }) => name === wanted);
  if (found?.failure) throw found.failure;
  if (found && kind(found) !== undefined) return found;
  const what = found ? `The output '${wanted}' has no scores per class` : `The model has no output '${wanted}'`;
  throw new ModelError('input', `${what}; its outputs are ${list(outputs, b)}.`, {
    where: wanted,
    hint: 'Correct "output" in the sidecar, or leave it out.',
  });
}

function list(outputs: readonly FileOutput[], b: GraphBuilder): string {
  const shape = ({ value, failure }: FileOutput) =>
    value === undefined ? (failure ? '(not supported)' : '(no tensor of floats)') : formatShape(b.shape(value));
  return outputs.map((output) => `'${output.name}' ${shape(output)}`).join(', ');
}

type Found = Pick<Model, 'logits' | 'classes' | 'activation' | 'dense'>;

/**
 * The logits behind the output value: what a final Softmax, LogSoftmax or Sigmoid reads, also where it is followed by
 * operators that only change the shape; as [N,classes]. Adds a Reshape where the shape is another.
 */
function findLogits(b: GraphBuilder, output: string, batch: Dim): Found {
  const classes = classesOf(b.shape(output), batch) as number;
  const makers = makersIn(b);
  let value = output;
  let maker = makers.get(value);
  while (maker && movesOnly.has(maker.op) && classesOf(b.shape(maker.inputs[0] as string), batch) === classes) {
    value = maker.inputs[0] as string;
    maker = makers.get(value);
  }
  // Over any other axis it is no distribution over the classes, and the values after it are what the model says.
  const activation = maker ? activationOf(maker, (axis) => b.shape(value)[axis] === classes && classes > 1) : 'none';
  const scores = maker && activation !== 'none' ? (maker.inputs[0] as string) : output;
  const flat = b.shape(scores).length === 2 && classesOf(b.shape(scores), batch) === classes && b.shape(scores)[1] === classes;
  const logits = flat ? scores : b.op('Reshape', [scores], { shape: [batch, classes] }, b.unique(`${scores}:logits`));
  return { logits, classes, activation, dense: undefined };
}

const movesOnly = new Set<Node['op']>(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose']);

/** The same behind a dense output: scores channels-first before a final activation of each cell, and their mean. */
function denseLogits(b: GraphBuilder, output: FileOutput, batch: Dim): Found {
  const makers = makersIn(b);
  const last = behindMoves({ value: output.value as string, channels: output.channels }, makers);
  const end = last.at(-1) as Picture;
  const maker = makers.get(end.value);
  const classes = b.shape(end.value)[end.channels] as number;
  const activation = maker ? activationOf(maker, (axis) => axis === end.channels && classes > 1) : 'none';
  const before = activation === 'none' ? last : behindMoves({ value: (maker as Node).inputs[0] as string, channels: end.channels }, makers);
  const value = channelsFirst(b, before);
  const [, , height, width] = b.shape(value) as [Dim, number, number, number];
  const dense: DenseOutput = { value, height, width };
  return { logits: meanOverCells(b, value, [batch, classes]), classes, activation, dense };
}

/** Mean of each channel of [N,C,H,W] over its cells, as [N,C]. */
export function meanOverCells(b: GraphBuilder, value: string, shape: Shape): string {
  const mean = b.op('GlobalAveragePool', [value], {}, b.unique(`${value}:mean`));
  return b.op('Reshape', [mean], { shape }, b.unique(`${value}:logits`));
}

/** A value with four axes and the axis of its channels. */
interface Picture {
  value: string;
  channels: 1 | 3;
}

/** A picture, and what it is where operators only turned it from one axis order to the other. */
function behindMoves(picture: Picture, makers: ReadonlyMap<string, Node>): Picture[] {
  const maker = makers.get(picture.value);
  const [value] = maker?.inputs ?? [];
  if (value === undefined) return [picture];
  if (maker?.op === 'Identity') return [picture, ...behindMoves({ ...picture, value }, makers)];
  const turned = picture.channels === 3 ? '0,2,3,1' : '0,3,1,2';
  if (maker?.op !== 'Transpose' || maker.attrs.perm.join() !== turned) return [picture];
  return [picture, ...behindMoves({ value, channels: picture.channels === 3 ? 1 : 3 }, makers)];
}

/** The one of these that is channels-first, so that a layer that stands there lies on the way to the logits; else turned. */
function channelsFirst(b: GraphBuilder, pictures: readonly Picture[]): string {
  const [first] = pictures as readonly [Picture, ...Picture[]];
  const known = pictures.find(({ channels }) => channels === 1);
  return known?.value ?? b.op('Transpose', [first.value], { perm: [0, 3, 1, 2] }, b.unique(`${first.value}:NCHW`));
}

function makersIn(b: GraphBuilder): Map<string, Node> {
  return new Map(b.nodes.flatMap((node) => node.outputs.map((o) => [o, node] as const)));
}

function activationOf(node: Node, overClasses: (axis: number) => boolean): OutputActivation {
  if (node.op === 'Sigmoid') return 'sigmoid';
  if (node.op !== 'Softmax' && node.op !== 'LogSoftmax') return 'none';
  return overClasses(node.attrs.axis) ? 'softmax' : 'none';
}
