import { withinTime } from '../../formats/withinTime.ts';
import { importKeras } from '../keras/import.ts';
import type { KerasModel } from '../keras/model.ts';
import { inFile } from '../keras/parseJson.ts';
import type { WeightFinder } from '../keras/weights.ts';
import type { Imported, ModelFormat, ModelSource } from '../model.ts';

/** What a Keras file holds, whichever way. */
export interface KerasFile {
  model: KerasModel;
  kerasVersion: string;
  weights: WeightFinder;
}

/** @param config what the file calls its config, for messages */
export async function openKeras(
  format: ModelFormat,
  source: ModelSource,
  config: string,
  read: (source: ModelSource) => Promise<KerasFile>,
): Promise<Imported> {
  try {
    const { model, kerasVersion, weights } = await read(source);
    const { inputSize, inputs, output } = source;
    // On one slow core, ten times what is ever needed.
    const seconds = 10 + Math.ceil(source.bytes.length / 2 ** 22);
    const imported = withinTime(seconds, () => importKeras({ model, kerasVersion, weights, inputSize, inputs, output }));
    const layers = imported.layers.map((layer) => ({ ...layer, place: { node: layer.name } }));
    const producer = kerasVersion === '' ? {} : { producer: `Keras ${kerasVersion}` };
    return { format, ...imported, layers, ...producer };
  } catch (error) {
    throw inFile(error, source.file, config);
  }
}
