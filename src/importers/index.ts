import { check } from '../graph/check.ts';
import { infer } from '../ops/index.ts';
import { type ErrorCode, ModelError } from '../shared/errors.ts';
import { unknownFormat } from './detect.ts';
import { digested } from './digest.ts';
import { type FileSource, fileChanged } from './files.ts';
import { kerasHdf5Importer, kerasImporter } from './kerasFile/index.ts';
import { type Importer, type Model, type ModelSource, modelHash } from './model.ts';
import { onnxImporter } from './onnx/index.ts';
import { savedModelImporter } from './savedmodel/index.ts';
import { tfjsImporter } from './tfjs/index.ts';
import { tfliteImporter } from './tflite/index.ts';

/** In the order in which they are asked. */
export const importers: readonly Importer[] = [
  tfjsImporter,
  savedModelImporter,
  onnxImporter,
  tfliteImporter,
  kerasImporter,
  kerasHdf5Importer,
];

/** To be called before a file is read: what its format needs is loaded meanwhile. */
export function prepareFor(file: string): void {
  for (const importer of importers) importer.prepare?.(file);
}

/**
 * Opens a model by its content. Files on disk that change meanwhile are read once more.
 * @throws ModelError with the file's name; 'format-unknown' says what the file is instead; 'file-changed'.
 */
export async function openModel(source: ModelSource | FileSource): Promise<Model> {
  try {
    if (!('changed' in source)) return await openOnce(source);
    return (await openUnchanged(source)) ?? (await openUnchanged(await source.again(), true)) ?? never();
  } catch (error) {
    throw error instanceof ModelError ? error.with({ file: source.file, ...nextStep(error.code) }) : error;
  }
}

/** For errors that know none of their own. */
function nextStep(code: ErrorCode): { hint?: string } {
  if (code === 'file-corrupt' || code === 'shape')
    return { hint: 'The file is damaged or was written wrongly: save, export or download the model again.' };
  if (code === 'unsupported') return { hint: 'Export the model to ONNX for inference, with plain operators.' };
  if (code === 'file-too-large') return { hint: 'Choose a smaller model.' };
  return {};
}

/** Undefined (or an error, the last time) if a file changed, whatever came of reading it. */
async function openUnchanged(source: FileSource, lastTry = false): Promise<Model | undefined> {
  let model: Model | undefined;
  let failure: unknown;
  try {
    model = await openOnce(source);
  } catch (error) {
    failure = error;
  }
  const changed = await source.changed();
  if (changed !== undefined) {
    if (lastTry) throw fileChanged(changed);
    return undefined;
  }
  if (failure !== undefined) throw failure;
  return model;
}

async function openOnce(given: ModelSource): Promise<Model> {
  const source = digested(given);
  const other = unknownFormat(source.bytes);
  if (other) throw other;
  const importer = importers.find((i) => i.matches(source));
  if (!importer) throw unknownFormat(source.bytes, true) ?? never();
  const imported = await importer.open(source);
  check(imported.graph, infer);
  return { file: source.file, hash: modelHash(source.digest(), source), ...imported };
}

function never(): never {
  throw new Error('unreachable');
}
