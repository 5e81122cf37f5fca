import { basename, dirname, join } from 'node:path';

/**
 * Weights, external data, sidecars and label files: what makes a model another one when it changes. Older converters call
 * shards `group1-shard1of2`, PyTorch external data `model.onnx.data`, Keras weights beside their config `model.weights.h5`.
 */
const part =
  /(\.(bin|data|weights?|pb|weights\.h5)|[._]data|shard\d+of\d+|(^|\.)glassbox\.json|^(labels|class_names|metadata)\.(json|txt)|^(model_)?config\.json|^(topology|architecture)\.json)$/i;
const sidecar = /(^|\.)glassbox\.json$/i;

/** Folders that hold what a model is made of: its own, a SavedModel's variables, and the one above for the sidecar. */
export function modelFolders(path: string): readonly string[] {
  const folder = dirname(path);
  return [folder, dirname(folder), ...variableFolders(path)];
}

/** Whether a change of `file`, in one of these folders, may make the model at `path` another one. */
export function isModelPart(path: string, file: string): boolean {
  const [folder, name] = [dirname(file), basename(file)];
  if (folder === dirname(path)) return file === path || part.test(name) || name === configName(basename(path));
  return variableFolders(path).includes(folder) || sidecar.test(name);
}

/** Where the architecture stands that belongs to a file of Keras weights: `net.json` for `net.h5` and `net.weights.h5`. */
function configName(file: string): string | undefined {
  return /\.(h5|hdf5)$/i.test(file) ? file.replace(/(\.weights)?\.[^.]+$/i, '.json') : undefined;
}

function variableFolders(path: string): string[] {
  return /\.pb$/i.test(path) ? [join(dirname(path), 'variables')] : [];
}
