import { createHash } from 'node:crypto';
import type { Graph } from '../graph/graph.ts';
import type { Shape } from '../graph/opset.ts';
import type { ModelFormat } from '../shared/modelFormats.ts';
import type { Question } from '../shared/question.ts';
import type { ChannelOrder, InputValues, ResizeMode } from '../shared/sidecar.ts';

/** Where a layer stands in its model file. */
export interface Place {
  /** JSON pointer into model.json, e.g. `/modelTopology/model_config/config/layers/3`. */
  pointer?: string;
  /** Node name or index in a binary file, e.g. `graph.node[12] /layer1/conv1/Conv`. */
  node?: string;
}

export type { ModelFormat };

/** A layer as the user knows it: name, class and order of their file. */
export interface Layer {
  /** Path name for nested models, e.g. `sequential_1/model1/block_1_expand`. */
  name: string;
  /** Other names by which the file knows this output (ONNX tensor name, node name). */
  aliases: readonly string[];
  /** Class name in the file's own terms: `Conv2D`, `BatchNormalization`, `Conv`. */
  kind: string;
  /** Graph value that holds the layer's output (after a fused activation). */
  value: string;
  /** Output shape, channels-first. */
  shape: Shape;
  /** Number of weights. */
  parameters: number;
  place: Place;
}

export interface ModelInput {
  /** Graph value, always channels-first [N,C,H,W]. */
  value: string;
  /** The name in the file. */
  name: string;
  channels: number;
  height: number;
  width: number;
  /** Axis order of the file's own input; `--input FILE.npy` is read in this order. */
  layout: 'NCHW' | 'NHWC';
}

/** Final activation, recognised and left out of `logits`. */
export type OutputActivation = 'softmax' | 'sigmoid' | 'none';

/** One number for all channels or one per channel. */
export interface Normalization {
  mean: readonly number[];
  std: readonly number[];
  /** Absent: RGB, or gray where the input has one channel. */
  channels?: ChannelOrder;
  /** Absent: stretch. */
  resize?: ResizeMode;
  /** A phrase for people: `TFLite metadata`, `ONNX metadata`. */
  from: string;
}

/** What a reader of the file could tell about labels and preprocessing (metadata, Rescaling layers). */
export interface ModelHints {
  /** Class names stored in the file. */
  labels?: readonly string[];
  /** Layers that already rescale or normalise inside the model, so that raw 0..255 pixels are right. */
  rescaling?: readonly string[];
  /** (value − mean) / std of pixels 0..255 that the file's metadata states, one number each or one per channel (TFLite NormalizationOptions). */
  normalization?: Normalization;
  /** What the model calls itself in the file, `mobilenet_1.00_224`: tells the family of keras.applications. */
  modelName?: string;
}

/** An output with scores per class and cell: segmentation, detection, a map of depth. */
export interface DenseOutput {
  /** [N,classes,height,width] before the final softmax or sigmoid. */
  value: string;
  height: number;
  width: number;
}

export interface Model {
  format: ModelFormat;
  /** Path as given. */
  file: string;
  /** SHA-256 over all files of the model, hex, and what else made it this model (see `modelHash`). Models that differ have different ones. */
  hash: string;
  /** From the image input to `logits` and, where the file has one, the activated output. */
  graph: Graph;
  input: ModelInput;
  /** Value [N,classes] before the final softmax or sigmoid; of a dense output the mean over its cells. */
  logits: string;
  classes: number;
  activation: OutputActivation;
  dense: DenseOutput | undefined;
  /** Names in the file of the outputs that can be explained, and of the one that is. */
  outputs: readonly string[];
  output: string;
  layers: readonly Layer[];
  hints: ModelHints;
  /** What wrote the file, as it says itself: `pytorch 2.13.0`. */
  producer?: string;
  /** Questions that the file leaves open and the source answered (`chooseInputs`). */
  answered?: readonly Question[];
}

/** A model's files, read by the caller; names are relative to the model file's folder. Never reads outside that folder. */
export interface ModelSource {
  /** Path as given, for messages. */
  file: string;
  /** Content of the model file itself. */
  bytes: Uint8Array;
  /** Reads a file beside the model (weight shard, external data). Throws ModelError('file-missing'). */
  read(name: string): Promise<Uint8Array>;
  /** Bytes `start` to `end` of such a file, fewer where it ends before. Absent: files are only read whole. */
  readPart?(name: string, start: number, end: number): Promise<Uint8Array>;
  /** SHA-256 over all that was read so far (`Digest`), hex. Absent: `openModel` works it out. */
  digest?(): string;
  /** Height and width to use where the file leaves them open. */
  inputSize?: readonly [number, number];
  /** Values of the inputs that are no image. */
  inputs?: InputValues;
  /** Name of the output to explain, where the file has several; default: the first with one score per class, else the first dense one. */
  output?: string;
}

/** What a caller chooses where the files leave a choice: the same files are more than one model. */
export type ModelChoices = Pick<ModelSource, 'inputSize' | 'inputs' | 'output'>;

/** Hash of a model: that of its files, and what was chosen. */
export function modelHash(files: string, { inputSize, inputs, output }: ModelChoices): string {
  const values = inputs && Object.keys(inputs).length > 0 ? createHash('sha256').update(JSON.stringify(inputs)).digest('hex') : undefined;
  return [files, inputSize?.join('x'), values && `inputs ${values}`, output].filter((part) => part !== undefined).join('#');
}

export interface Importer {
  id: Model['format'];
  /** True if the bytes look like this format. Cheap: reads the head only. */
  matches(source: ModelSource): boolean;
  open(source: ModelSource): Promise<Imported>;
  /** Loads what takes a while to load, where a file of this name will need it: called before it is read. */
  prepare?(file: string): void;
}

/** What formats that share an importer make of a file. */
export type Network = Omit<Imported, 'format'>;

/** What an importer makes of a file; what all formats have alike is added by `openModel`. */
export type Imported = Omit<Model, 'file' | 'hash'>;
