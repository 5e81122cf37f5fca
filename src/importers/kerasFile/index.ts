import { Hdf5File, isHdf5 } from '../../formats/hdf5/file.ts';
import { isZip } from '../../formats/zip.ts';
import type { Importer } from '../model.ts';
import { readArchive } from './archive.ts';
import { readHdf5 } from './hdf5.ts';
import { openKeras } from './import.ts';

/** Keras 3's .keras, which tf.keras 2.12 to 2.15 writes too. */
export const kerasImporter: Importer = {
  id: 'keras',
  matches: ({ bytes }) => isZip(bytes),
  open: (source) => openKeras('keras', source, 'config.json', readArchive),
  prepare: (file) => {
    if (/\.keras$/i.test(file)) Hdf5File.preload();
  },
};

/** Keras' HDF5 files: whole models and weights. */
export const kerasHdf5Importer: Importer = {
  id: 'keras-h5',
  matches: ({ bytes }) => isHdf5(bytes),
  open: (source) => openKeras('keras-h5', source, 'model_config', readHdf5),
  prepare: (file) => {
    if (/\.(h5|hdf5)$/i.test(file)) Hdf5File.preload();
  },
};
