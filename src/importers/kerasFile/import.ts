import { createHash, type Hash } from 'node:crypto';
import { setImmediate as pause } from 'node:timers/promises';
import { withinTime } from '../../formats/withinTime.ts';
import { importKeras } from '../keras/import.ts';
import type { KerasModel } from '../keras/model.ts';
import { inFile } from '../keras/parseJson.ts';
import type { WeightFinder } from '../keras/weights.ts';
import { type Model, type ModelFormat, type ModelSource, modelHash } from '../model.ts';

/** What a Keras file holds, whichever way. */
export interface KerasFile {
  model: KerasModel;
  kerasVersion: string;
  weights: WeightFinder;
  /** The config where it is a file beside this one. */
  beside?: Uint8Array;
}

/** Hashing is done in pieces, so that the library is compiled and questions are answered meanwhile. */
const PIECE = 2 ** 24;

/** @param config what the file calls its config, for messages */
export async function openKeras(
  format: ModelFormat,
  source: ModelSource,
  config: string,
  read: (source: ModelSource) => Promise<KerasFile>,
): Promise<Model> {
  try {
    const hashing = hashOf(source.bytes);
    const { model, kerasVersion, weights, beside = new Uint8Array() } = await read(source);
    const hash = (await hashing).update(beside).digest('hex');
    const { file, inputSize, inputs, output } = source;
    // On one slow core, ten times what is ever needed.
    const seconds = 10 + Math.ceil(source.bytes.length / 2 ** 22);
    const imported = withinTime(seconds, () => importKeras({ model, kerasVersion, weights, inputSize, inputs, output }));
    const layers = imported.layers.map((layer) => ({ ...layer, place: { node: layer.name } }));
    const producer = kerasVersion === '' ? {} : { producer: `Keras ${kerasVersion}` };
    return { format, file, hash: modelHash(hash, source), ...imported, layers, ...producer };
  } catch (error) {
    throw inFile(error, source.file, config);
  }
}

async function hashOf(bytes: Uint8Array): Promise<Hash> {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += PIECE) {
    hash.update(bytes.subarray(at, at + PIECE));
    await pause();
  }
  return hash;
}
