import { ModelError } from '../../shared/errors.ts';
import { excerpt, isArray, isObject, type Json, type JsonObject } from '../keras/json.ts';

/** How a weight's numbers are stored. */
export type Storage = 'float32' | 'float16' | 'int32' | 'uint8' | 'uint16' | 'bool';
const SIZES: Readonly<Record<Storage, number>> = { float32: 4, float16: 2, int32: 4, uint8: 1, uint16: 2, bool: 1 };
const QUANTIZED: readonly string[] = ['uint8', 'uint16', 'float16'];

export interface ManifestWeight {
  name: string;
  shape: readonly number[];
  storage: Storage;
  /** value = q·scale + min. */
  scale: number;
  min: number;
  /** Position in the group's bytes. */
  offset: number;
  byteLength: number;
  /** Number of values. */
  length: number;
}

/** Weights that lie one after the other in the concatenated shards. */
export interface WeightGroup {
  paths: readonly string[];
  weights: readonly ManifestWeight[];
  byteLength: number;
}

/** Weights beyond this are refused before anything is allocated. */
const LARGEST = 2 ** 31;

/** Reads `weightsManifest`. @throws ModelError 'file-corrupt', 'unsupported' (dtype), 'file-too-large'; names the weight. */
export function readManifest(manifest: Json | undefined): WeightGroup[] {
  if (!isArray(manifest)) {
    throw new ModelError('file-corrupt', 'The model.json has no weightsManifest: it is a topology without weights.', {
      hint: 'Save the model with its weights, with model.save() of TensorFlow.js or with tensorflowjs_converter.',
    });
  }
  const groups = manifest.map(readGroup);
  const total = groups.reduce((n, g) => n + g.byteLength, 0);
  if (total > LARGEST) throw new ModelError('file-too-large', `The weights take ${total} bytes; at most ${LARGEST} are read.`);
  return groups;
}

function readGroup(group: Json, index: number): WeightGroup {
  if (!isObject(group) || !isArray(group.paths) || !isArray(group.weights) || !group.paths.every((p) => typeof p === 'string')) {
    throw new ModelError('file-corrupt', `Group ${index} of the weightsManifest is ${excerpt(group)}, expected {paths, weights}.`);
  }
  let offset = 0;
  const weights = group.weights.map((entry) => {
    const weight = readWeight(entry, offset);
    offset += weight.byteLength;
    return weight;
  });
  return { paths: group.paths as string[], weights, byteLength: offset };
}

function readWeight(entry: Json, offset: number): ManifestWeight {
  if (!isObject(entry) || typeof entry.name !== 'string') {
    throw new ModelError('file-corrupt', `A weight of the weightsManifest is ${excerpt(entry)}, expected {name, shape, dtype}.`);
  }
  const { name, shape } = entry;
  if (!isArray(shape) || !shape.every((d) => typeof d === 'number' && Number.isInteger(d) && d >= 0)) {
    throw new ModelError('file-corrupt', `Weight '${name}' has shape ${excerpt(shape)}.`, { where: name });
  }
  const sizes = shape as number[];
  const length = sizes.reduce((n, d) => n * d, 1);
  if (!(length <= LARGEST))
    throw new ModelError('file-too-large', `Weight '${name}' has shape [${sizes}], more than can be read.`, { where: name });
  const { storage, scale, min } = storageOf(name, entry);
  return { name, shape: sizes, storage, scale, min, offset, length, byteLength: length * SIZES[storage] };
}

function storageOf(name: string, { dtype, quantization }: JsonObject): Pick<ManifestWeight, 'storage' | 'scale' | 'min'> {
  if (isObject(quantization)) {
    const { dtype: stored, scale = 1, min = 0 } = quantization;
    if (typeof stored !== 'string' || !QUANTIZED.includes(stored)) throw unknownType(name, `quantised as ${excerpt(stored)}`);
    if (typeof scale !== 'number' || typeof min !== 'number') {
      throw new ModelError('file-corrupt', `Weight '${name}' has quantisation ${excerpt(quantization)} without scale and min.`, {
        where: name,
      });
    }
    // float16 is stored as it is, without scale and min.
    return stored === 'float16' ? { storage: 'float16', scale: 1, min: 0 } : { storage: stored as Storage, scale, min };
  }
  if (typeof dtype !== 'string' || !Object.hasOwn(SIZES, dtype)) throw unknownType(name, `of type ${excerpt(dtype)}`);
  return { storage: dtype as Storage, scale: 1, min: 0 };
}

function unknownType(name: string, what: string): ModelError {
  return new ModelError('unsupported', `Weight '${name}' is ${what}, which is not supported.`, {
    where: name,
    hint: 'Convert the model without quantisation, or with --quantize_uint8, --quantize_uint16 or --quantize_float16.',
  });
}
