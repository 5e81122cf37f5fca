import { Hdf5File } from '../../formats/hdf5/file.ts';
import { openZip, type ZipEntry } from '../../formats/zip.ts';
import { ModelError } from '../../shared/errors.ts';
import { parseJsonObject } from '../keras/parseJson.ts';
import type { ModelSource } from '../model.ts';
import { parseConfig } from './config.ts';
import type { KerasFile } from './import.ts';
import { weightsInTree } from './weightTree.ts';

type Files = ReadonlyMap<string, ZipEntry>;

/** A .keras file: config.json, metadata.json, model.weights.h5 in a ZIP archive. */
export async function readArchive(source: ModelSource): Promise<KerasFile> {
  Hdf5File.preload();
  const files = await openZip(source.bytes);
  if (!files.has('config.json')) throw noKeras(files);
  const config = parseJsonObject(await content(files, 'config.json'), 'config.json');
  const metadata = files.has('metadata.json') ? parseJsonObject(await content(files, 'metadata.json'), 'metadata.json') : {};
  const version = typeof metadata.keras_version === 'string' ? metadata.keras_version : undefined;
  const { model, kerasVersion } = parseConfig(config, version, 'config.json');
  const file = await Hdf5File.open(await content(files, 'model.weights.h5'));
  return { model, kerasVersion, weights: weightsInTree(file, model) };
}

async function content(files: Files, name: string): Promise<Uint8Array> {
  const entry = files.get(name);
  if (entry) return entry.read();
  const other = [...files.keys()].find((key) => /^model(_\d+)?\.weights\./.test(key));
  if (other !== undefined) {
    throw new ModelError('unsupported', `The .keras file has its weights in '${other}', and Glassbox reads '${name}'.`, {
      where: other,
      hint: 'Save the model again with model.save("model.keras").',
    });
  }
  throw new ModelError('file-corrupt', `The .keras file has no '${name}'.`, { where: name });
}

function noKeras(files: Files): ModelError {
  const names = [...files.keys()];
  const is = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (is(/(^|\/)data\.pkl$/)) {
    return new ModelError('format-unknown', 'The file is a PyTorch file (.pt or .pth): Python code is needed to read it.', {
      hint: 'Export the model with torch.onnx.export.',
    });
  }
  if (is(/(^|\/)(saved_model\.pb|model\.json|[^/]+\.(onnx|tflite|h5|keras))$/)) {
    return new ModelError('format-unknown', `The file is a ZIP archive with a model in it (${listed(names)}).`, {
      hint: 'Unpack it, and choose the model in its folder.',
    });
  }
  return new ModelError('format-unknown', `The file is a ZIP archive, but no Keras model: it holds ${listed(names) || 'nothing'}.`, {
    hint: 'Choose a .keras file, which has config.json and model.weights.h5.',
  });
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => (name.length > 60 ? `${name.slice(0, 57)}...` : name));
  return `${shown.join(', ')}${names.length > 3 ? ', …' : ''}`;
}
