import { isDeepStrictEqual } from 'node:util';
import { defaultLayer, spatialLayers } from '../explain/layers.ts';
import { methods } from '../explain/methods/index.ts';
import { refusal } from '../explain/refusal.ts';
import { bindBatch } from '../graph/graph.ts';
import { fileSource } from '../importers/files.ts';
import { openModel } from '../importers/index.ts';
import type { Layer, Model } from '../importers/model.ts';
import { type ErrorRecord, toErrorRecord } from '../shared/errors.ts';
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
  /** Whether all its files, and the input size and output that a sidecar chooses, are still what was read. */
  current(): Promise<boolean>;
}

/** Opens models, once for as long as none of their files changes. */
export class ModelCache {
  readonly #models: ByteCache<OpenModel>;
  readonly #loading = new Map<string, Promise<OpenModel>>();

  constructor(limit: number) {
    this.#models = new ByteCache<OpenModel>(limit);
  }

  async open(path: string): Promise<OpenModel> {
    const known = this.#models.get(path);
    if (known && (await known.current())) return known;
    // Who comes while it is being read gets what is read: a change meanwhile is noticed by the reader itself.
    const loading = this.#loading.get(path) ?? this.#load(path);
    return await loading;
  }

  /** The next `open` reads the file, whatever it looks like. */
  forget(path: string): void {
    this.#models.delete(path);
    this.#loading.delete(path);
  }

  resize(limit: number): void {
    this.#models.resize(limit);
  }

  #load(path: string): Promise<OpenModel> {
    const loading = load(path)
      .then((opened) => {
        if (this.#loading.get(path) === loading) this.#models.set(path, opened, weightBytes(opened.model));
        return opened;
      })
      .finally(() => {
        if (this.#loading.get(path) === loading) this.#loading.delete(path);
      });
    this.#loading.set(path, loading);
    return loading;
  }
}

async function load(path: string): Promise<OpenModel> {
  const choices = await sidecarChoices(path);
  const first = await fileSource(path, choices);
  let { changed } = first;
  const again = async () => {
    const second = await first.again();
    changed = second.changed;
    return second;
  };
  const model = await openModel({ ...first, again });
  const spatial = spatialLayers(model);
  const at = new Set(spatial);
  return {
    model,
    name: modelName(path),
    layers: model.layers.map((layer) => describe(layer, at.has(layer))),
    spatial,
    refusals: refusals(model),
    defaultLayer: spatial.length > 0 ? defaultLayer(model).name : undefined,
    current: async () => (await changed()) === undefined && isDeepStrictEqual(await sidecarChoices(path), choices),
  };
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
