import type { Hdf5File } from '../../formats/hdf5/file.ts';
import { ModelError } from '../../shared/errors.ts';
import type { StoredWeight } from '../keras/weights.ts';

/** The dataset at a path as a weight; undefined where there is none. */
export function storedWeight(file: Hdf5File, path: string, name: string): StoredWeight | undefined {
  const dataset = file.dataset(path);
  return dataset && { name, shape: dataset.shape, read: () => dataset.view(), copy: () => dataset.read() };
}

/** @throws ModelError 'file-corrupt' where there is none */
export function namedWeight(file: Hdf5File, path: string, name: string): StoredWeight {
  const weight = storedWeight(file, path, name);
  if (!weight) throw new ModelError('file-corrupt', `The file lists a weight '${name}' that is not in it (${path}).`, { where: name });
  return weight;
}
