import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { float32, type Tensor } from '../graph/graph.ts';
import { decodeImage, type RgbImage } from '../image/decode.ts';
import { type FedImage, notAnImage, pixelBounds, preprocess, range } from '../image/preprocess.ts';
import { ModelError, throwIfAborted } from '../shared/errors.ts';
import { modelFormats } from '../shared/modelFormats.ts';
import { ownSize } from '../shared/ownSize.ts';
import type { ModelInfo, Prediction } from '../shared/protocol.ts';
import { untilAborted } from '../shared/sharedJobs.ts';
import type { Preprocessing } from '../shared/sidecar.ts';
import { preprocessingCandidates } from '../sidecar/candidates.ts';
import { sidecarChoices } from '../sidecar/find.ts';
import { trueLabel } from '../sidecar/trueLabel.ts';
import { type Understanding, understand } from '../sidecar/understand.ts';
import { ByteCache } from './byteCache.ts';
import type { ModelCache, OpenModel } from './models.ts';
import type { Programs } from './programs.ts';

/** One image made ready for one model. */
export interface Prepared {
  open: OpenModel;
  info: ModelInfo;
  image: Prediction['image'];
  fed: FedImage;
  /** Index of the class a folder name tells. */
  truth: number | undefined;
  /** Fed values [channels] of black and white pixels; of a tensor, its smallest and largest value. */
  bounds: { low: Tensor; high: Tensor };
  /** Identifies model, image, preprocessing and engine: results are kept under it. */
  key: string;
}

/** Decodes images and makes them the network's input; keeps the last ones. */
export class Inputs {
  readonly #models: ModelCache;
  readonly #programs: Programs;
  readonly #images: ByteCache<RgbImage>;
  readonly #fed: ByteCache<FedImage>;

  constructor(models: ModelCache, programs: Programs, limit: number) {
    this.#models = models;
    this.#programs = programs;
    this.#images = new ByteCache<RgbImage>(limit * 0.8);
    this.#fed = new ByteCache<FedImage>(limit * 0.2);
  }

  resize(limit: number): void {
    this.#images.resize(limit * 0.8);
    this.#fed.resize(limit * 0.2);
  }

  async decode(path: string, signal: AbortSignal): Promise<RgbImage> {
    const stamp = await stat(path).then(
      (s) => `${path}:${s.size}:${s.mtimeMs}:${s.ino}`,
      () => path,
    );
    const known = this.#images.get(stamp);
    if (known) return known;
    const image = await decodeImage(path, signal);
    this.#images.set(stamp, image, image.data.byteLength + (image.alpha?.byteLength ?? 0));
    return image;
  }

  /** Throws ModelError('input') where nothing tells the preprocessing: the page then asks. */
  async prepare(modelPath: string, imagePath: string, signal: AbortSignal): Promise<Prepared> {
    const [open, image] = await this.open(modelPath, imagePath, signal);
    const info = await this.describe(open, imagePath);
    throwIfAborted(signal);
    if (!info.preprocessing) throw preprocessingUnknown(info);
    const { width, height, hash } = image;
    const shown = { path: imagePath, name: basename(imagePath), width, height, hash };
    return preparedOf(open, info, shown, this.feed(image, info.preprocessing, info), info.preprocessing);
  }

  /** Model and image side by side; where the sidecar leaves the size of the input to the image, the model follows it. */
  async open(modelPath: string, imagePath: string, signal: AbortSignal): Promise<[OpenModel, RgbImage]> {
    const { inputSize } = await sidecarChoices(modelPath);
    // Reading a model goes on when its caller is gone: the next one finds it.
    if (inputSize !== 'image')
      return await untilAborted(Promise.all([this.#models.open(modelPath), this.decode(imagePath, signal)]), signal);
    const image = await this.decode(imagePath, signal);
    return [await untilAborted(this.#models.open(modelPath, ownSize(image)), signal), image];
  }

  /** What the network is fed for an image. Throws ModelError('shape' or 'input') naming the model. */
  feed(image: RgbImage, how: Preprocessing, { input, path }: ModelInfo): FedImage {
    const key = `${image.hash}:${JSON.stringify(how)}:${input.channels}:${input.height}:${input.width}`;
    const known = this.#fed.get(key);
    if (known) return known;
    try {
      const fed = preprocess(image, how, input);
      this.#fed.set(key, fed, fed.tensor.byteLength);
      return fed;
    } catch (error) {
      throw error instanceof ModelError ? error.with({ file: path }) : error;
    }
  }

  /** The network's input tensor itself, [C,H,W] as fed: no image, no preprocessing. */
  async prepareTensor(open: OpenModel, tensor: Float32Array, name: string): Promise<Prepared> {
    const { channels, height, width } = open.model.input;
    const info = await this.describe(open, undefined);
    const hash = createHash('sha256')
      .update(new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength))
      .digest('hex');
    const covers = { x: 0, y: 0, width, height };
    const { min, max } = range(tensor);
    const constant = (value: number) => new Float32Array(channels).fill(value);
    return {
      open,
      info: { ...info, preprocessing: undefined },
      image: { path: name, name, width, height, hash },
      fed: { tensor, shape: [1, channels, height, width], min, max, covers },
      truth: undefined,
      bounds: perChannel({ low: constant(min), high: constant(max) }),
      key: `${open.model.hash}:${info.engine}:${hash}`,
    };
  }

  /** What the model file and what lies beside it say together. `image`: its class folders may name the classes. */
  async describe(open: OpenModel, imagePath: string | undefined): Promise<ModelInfo> {
    const { model } = open;
    const known: Understanding = await understand(model, imagePath === undefined ? {} : { imagePath });
    const { name, channels, height, width, layout } = model.input;
    return {
      path: model.file,
      name: open.name,
      format: modelFormats[model.format],
      hash: model.hash,
      engine: (await this.#programs.executor()).name,
      input: { name, layout, channels, height, width },
      classes: model.classes,
      activation: model.activation,
      layers: open.layers,
      defaultLayer: open.defaultLayer ?? '',
      labels: known.labels,
      labelsFrom: known.labelsFrom,
      labelSet: known.labelSet,
      preprocessing: known.preprocessing,
      preprocessingFrom: known.preprocessingFrom,
      preprocessingGuessed: known.preprocessingGuessed,
      warnings: known.warnings,
      refusals: open.refusals,
      outputs: model.outputs.length > 1 ? model.outputs : [],
      output: model.output,
      answered: model.answered ?? [],
      dense: model.dense && { height: model.dense.height, width: model.dense.width },
    };
  }
}

/** An image of which is known what is fed. `info`: as the model is described for it. */
export function preparedOf(
  open: OpenModel,
  info: ModelInfo,
  image: Prepared['image'],
  fed: FedImage,
  preprocessing: Preprocessing,
): Prepared {
  return {
    ...{ open, info, image, fed },
    truth: info.labels ? trueLabel(image.path, info.labels) : undefined,
    bounds: perChannel(pixelBounds(preprocessing, info.input)),
    key: `${open.model.hash}:${info.engine}:${image.hash}:${JSON.stringify(preprocessing)}`,
  };
}

function perChannel({ low, high }: { low: Float32Array; high: Float32Array }): Prepared['bounds'] {
  return { low: float32([low.length], low), high: float32([high.length], high) };
}

/** For a model of which nothing tells the preprocessing: the page then asks. */
export function preprocessingUnknown(info: ModelInfo): ModelError {
  if (preprocessingCandidates(info.input).length === 0) return inputIsNoImage(info);
  return new ModelError('input', `Nothing says how images are prepared for ${info.name}: value range, mean, channel order.`, {
    file: info.path,
    hint: 'Choose one in the panel, or write it into a glassbox.json beside the model ("Glassbox: Create Sidecar").',
    question: { kind: 'preprocessing' },
  });
}

/** For a model whose input no image can be. */
export function inputIsNoImage({ input: { name, channels }, name: model, path }: ModelInfo): ModelError {
  return notAnImage(`The input '${name}' of ${model}`, channels).with({ file: path, where: name });
}
