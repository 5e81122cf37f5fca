import { Hdf5File } from '../../formats/hdf5/file.ts';
import { ModelError } from '../../shared/errors.ts';
import type { KerasModel } from '../keras/model.ts';
import { parseJsonObject } from '../keras/parseJson.ts';
import type { WeightFinder } from '../keras/weights.ts';
import type { ModelSource } from '../model.ts';
import { configBeside } from './beside.ts';
import { parseConfig } from './config.ts';
import type { KerasFile } from './import.ts';
import { weightsGroup, weightsInGroups } from './weightGroups.ts';
import { hasWeightTree, weightsInTree } from './weightTree.ts';

/** A .h5 file of Keras 1 to 3: a whole model, or weights with the config in a file beside it. */
export async function readHdf5(source: ModelSource): Promise<KerasFile> {
  const file = await Hdf5File.open(source.bytes);
  const config = file.string('/', 'model_config');
  if (config !== undefined) {
    const json = parseJsonObject(new TextEncoder().encode(config), 'model_config');
    const { model, kerasVersion } = parseConfig(json, file.string('/', 'keras_version'), 'model_config');
    return { model, kerasVersion, weights: finder(file, model) };
  }
  if (weightsGroup(file) === undefined && !hasWeightTree(file)) {
    throw new ModelError(
      'format-unknown',
      'The file is an HDF5 file, but no Keras model: it has neither a model_config nor weights of layers.',
      {
        hint: 'Choose a file that model.save() of Keras has written.',
      },
    );
  }
  const { json, name } = await configBeside(source);
  const { model, kerasVersion } = parseConfig(json, undefined, name);
  return { model, kerasVersion, weights: finder(file, model) };
}

function finder(file: Hdf5File, model: KerasModel): WeightFinder {
  const group = weightsGroup(file);
  return group === undefined ? weightsInTree(file, model) : weightsInGroups(file, group, model);
}
