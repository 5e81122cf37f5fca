import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { defaultLayer, spatialLayers } from '../explain/layers.ts';
import { bindBatch } from '../graph/graph.ts';
import { fileSource } from '../importers/files.ts';
import { openModel } from '../importers/index.ts';
import type { Layer, Model } from '../importers/model.ts';
import type { LayerInfo } from '../shared/protocol.ts';
import { sidecarInputSize } from '../sidecar/find.ts';
import { ByteCache } from './byteCache.ts';

/** A model in memory, with what is worked out once. */
export interface OpenModel {
  model: Model;
  /** For people: the folder's name for `model.json`, else the file's. */
  name: string;
  layers: readonly LayerInfo[];
  spatial: readonly Layer[];
  /** Undefined: no spatial layer. */
  defaultLayer: string | undefined;
}

/** Opens models, once for as long as their file does not change. */
export class ModelCache {
  readonly #open = new Map<string, { stamp: string; opened: Promise<OpenModel> }>();
  readonly #recent: ByteCache<string>;

  constructor(limit: number) {
    this.#recent = new ByteCache<string>(limit, (path) => this.#open.delete(path));
  }

  async open(path: string): Promise<OpenModel> {
    const stamp = await fileStamp(path);
    const known = this.#open.get(path);
    if (known && known.stamp === stamp) {
      this.#recent.get(path);
      return await known.opened;
    }
    const opened = load(path);
    this.#open.set(path, { stamp, opened });
    try {
      const result = await opened;
      this.#recent.set(path, path, weightBytes(result.model));
      return result;
    } catch (error) {
      if (this.#open.get(path)?.opened === opened) this.#open.delete(path);
      throw error;
    }
  }

  forget(path: string): void {
    this.#open.delete(path);
  }

  resize(limit: number): void {
    this.#recent.resize(limit);
  }
}

/** Size and time of the model file; '' where there is none, so that opening it says so. */
async function fileStamp(path: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(path);
    return `${size}:${mtimeMs}`;
  } catch {
    return '';
  }
}

async function load(path: string): Promise<OpenModel> {
  const inputSize = await sidecarInputSize(path);
  const model = await openModel(await fileSource(path, inputSize ? { inputSize } : {}));
  const spatial = spatialLayers(model);
  const at = new Set(spatial);
  const file = basename(path);
  return {
    model,
    name: file === 'model.json' ? basename(dirname(path)) : file,
    layers: model.layers.map((layer) => describe(layer, at.has(layer))),
    spatial,
    defaultLayer: spatial.length > 0 ? defaultLayer(model).name : undefined,
  };
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
