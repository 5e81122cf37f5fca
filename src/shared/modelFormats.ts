/** The formats of model files, by their ids, as people call them. */
export const modelFormats = {
  keras: 'Keras 3',
  'keras-h5': 'Keras HDF5',
  'tfjs-layers': 'TensorFlow.js Layers',
  'tfjs-graph': 'TensorFlow.js Graph',
  onnx: 'ONNX',
  'saved-model': 'SavedModel',
  tflite: 'TensorFlow Lite',
} as const;

export type ModelFormat = keyof typeof modelFormats;

/** Files that have the same name in every model: the folder says which model it is. */
const sameEverywhere = /^(model\.json|saved_model\.pb)$/i;

/** Whether a model of this file is called after its folder. */
export function isNamedByFolder(path: string): boolean {
  return sameEverywhere.test(partsOf(path).at(-1) ?? '');
}

/** Short name for people: the folder's for `model.json` and `saved_model.pb`, else the file's. */
export function modelName(path: string): string {
  const parts = partsOf(path);
  return parts.at(isNamedByFolder(path) ? -2 : -1) || path;
}

function partsOf(path: string): string[] {
  return path.split(/[\\/]/);
}
