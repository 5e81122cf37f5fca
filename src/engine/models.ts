import { defaultLayer, spatialLayers } from '../explain/layers.ts';
import { methods } from '../explain/methods/index.ts';
import { refusal } from '../explain/refusal.ts';
import { bindBatch } from '../graph/graph.ts';
import { fileSource } from '../importers/files.ts';
import { openModel, prepareFor } from '../importers/index.ts';
import type { Layer, Model, ModelChoices } from '../importers/model.ts';
import { type ErrorRecord, ModelError, toErrorRecord } from '../shared/errors.ts';
import { modelName } from '../shared/modelFormats.ts';
import type { LayerInfo } from '../shared/protocol.ts';
import { sidecarChoices } from '../sidecar/find.ts';
import { ByteCache } from './byteCache.ts';

/** A model in memory, with what is worked out once. */
export interface OpenModel {
  model: Model;
  /** For people: the folder's name for `model.json` and `saved_model.pb`, else the file's. */
  name: string;
  layers: readonly LayerInfo[];
  spatial: readonly Layer[];
  /** By method id, why a method cannot explain this model. */
  refusals: Readonly<Record<string, ErrorRecord>>;
  /** Undefined: no spatial layer. */
  defaultLayer: string | undefined;
  /** Of every file that was read, by its path, what tells it from other versions of it. */
  stamps: ReadonlyMap<string, string>;
  /** Whether all its files are still what was read. */
  current(): Promise<boolean>;
}

/** [height, width] of an input that each image decides on, where no image is at hand. */
const standIn: readonly [number, number] = [224, 224];

/** Opens models, once for as long as none of their files changes. */
export class ModelCache {
  readonly #models: ByteCache<OpenModel>;
  readonly #loading = new Map<string, Promise<OpenModel>>();

  constructor(limit: number) {
    this.#models = new ByteCache<OpenModel>(limit);
  }

  /** `size`: [height, width] that an image has where the sidecar leaves the input's size to each image. */
  async open(path: string, size = standIn): Promise<OpenModel> {
    const { key, chosen, perImage, known } = await this.#look(path, size);
    if (known) return known;
    // Of one file only sizes that images decide on are kept side by side.
    if (!perImage) this.#drop(path);
    // Who comes while it is being read gets what is read: a change meanwhile is noticed by the reader itself.
    return await (this.#loading.get(key) ?? this.#load(key, path, chosen));
  }

  /** The same, but one that was not kept before is not kept afterwards: it pushes out no other. */
  async openAside(path: string): Promise<OpenModel> {
    const { key, chosen, known } = await this.#look(path, standIn);
    return known ?? (await (this.#loading.get(key) ?? load(path, chosen)));
  }

  /** The next `open` reads the file, whatever it looks like. */
  forget(path: string): void {
    this.#drop(path);
    for (const key of this.#loading.keys()) if (isOf(path, key)) this.#loading.delete(key);
  }

  resize(limit: number): void {
    this.#models.resize(limit);
  }

  /** How it is to be opened, and the one that is kept, if its files did not change. */
  async #look(path: string, size: readonly [number, number]) {
    const { inputSize, ...choices } = await sidecarChoices(path);
    const perImage = inputSize === 'image';
    const chosen = { ...choices, ...(inputSize && { inputSize: perImage ? size : inputSize }) };
    const key = keyOf(path, chosen);
    const found = this.#models.get(key);
    const known = found && (await found.current()) ? found : undefined;
    return { key, chosen, perImage, known };
  }

  #drop(path: string): void {
    for (const key of this.#models.keys()) if (isOf(path, key)) this.#models.delete(key);
  }

  #load(key: string, path: string, choices: ModelChoices): Promise<OpenModel> {
    const loading = load(path, choices)
      .then((opened) => {
        if (this.#loading.get(key) === loading) this.#models.set(key, opened, weightBytes(opened.model));
        return opened;
      })
      .finally(() => {
        if (this.#loading.get(key) === loading) this.#loading.delete(key);
      });
    this.#loading.set(key, loading);
    return loading;
  }
}

function keyOf(path: string, choices: ModelChoices): string {
  return `${path}\n${JSON.stringify(choices)}`;
}

function isOf(path: string, key: string): boolean {
  return key.startsWith(`${path}\n`);
}

async function load(path: string, choices: ModelChoices): Promise<OpenModel> {
  prepareFor(path);
  const first = await fileSource(path, choices);
  let read = first;
  const again = async () => {
    read = await first.again();
    return read;
  };
  const model = await openModel({ ...first, again }).catch(async (error) => {
    throw (await otherSize(path, choices, error)) ?? error;
  });
  const spatial = spatialLayers(model);
  const at = new Set(spatial);
  return {
    model,
    name: modelName(path),
    layers: model.layers.map((layer) => describe(layer, at.has(layer))),
    spatial,
    refusals: refusals(model),
    defaultLayer: spatial.length > 0 ? defaultLayer(model).name : undefined,
    stamps: read.stamps(),
    current: async () => (await read.changed()) === undefined,
  };
}

/** Where a model that leaves its size open does not fit the one chosen, the question for it again. */
async function otherSize(path: string, { inputSize, ...others }: ModelChoices, error: unknown): Promise<ModelError | undefined> {
  if (!inputSize || !(error instanceof ModelError) || (error.code !== 'shape' && error.code !== 'unsupported')) return undefined;
  const open = await openModel(await fileSource(path, others)).catch((without: unknown) => without);
  if (!(open instanceof ModelError) || open.question?.kind !== 'input-size') return undefined;
  const [height, width] = inputSize;
  return new ModelError('input', `The model cannot take an image of ${height} × ${width} pixels (height × width): ${error.message}`, {
    file: path,
    ...(error.where !== undefined && { where: error.where }),
    hint: 'Choose another size: the one it was trained with, or a multiple of 32.',
    question: { ...open.question, tried: inputSize },
    cause: error,
  });
}

function refusals(model: Model): Record<string, ErrorRecord> {
  return Object.fromEntries(
    methods.flatMap((method) => {
      const why = refusal(method, model);
      return why ? [[method.info.id, toErrorRecord(why)]] : [];
    }),
  );
}

function describe(layer: Layer, spatial: boolean): LayerInfo {
  const { name, aliases, kind, parameters } = layer;
  return { name, aliases, kind, shape: bindBatch(layer.shape.slice(1), 1), parameters, spatial };
}

function weightBytes(model: Model): number {
  let bytes = 0;
  for (const tensor of model.graph.constants.values()) bytes += tensor.data.byteLength;
  return bytes;
}
