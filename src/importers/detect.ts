import { endsAsTable } from '../formats/tensorbundle/table.ts';
import { ModelError } from '../shared/errors.ts';

interface Known {
  is: RegExp | ((bytes: Uint8Array, head: string) => boolean);
  what: string;
  hint: string;
}

const starts =
  (...magic: number[]) =>
  (bytes: Uint8Array) =>
    magic.every((byte, i) => bytes[i] === byte);

const ascii = (text: string, at: number) => (bytes: Uint8Array) => [...text].every((c, i) => bytes[at + i] === c.charCodeAt(0));

/** Files that are often picked by mistake, by their first bytes (formats.md, section 10). */
const known: readonly Known[] = [
  { is: (bytes) => bytes.length === 0, what: 'empty', hint: 'Save or download the model again.' },
  {
    is: /^version https:\/\/git-lfs/,
    what: 'a Git LFS pointer, not the model itself',
    hint: 'Run `git lfs pull` in its repository.',
  },
  { is: ascii('ORTM', 4), what: 'a model in ONNX Runtime format (.ort)', hint: 'Use the .onnx file it was made from.' },
  { is: ascii('GGUF', 0), what: 'a GGUF language model', hint: 'Glassbox explains image classifiers.' },
  {
    is: endsAsTable,
    what: 'the index of a TensorFlow checkpoint: weights without the network',
    hint: 'Choose the saved_model.pb of a SavedModel, or export the model with model.export(folder).',
  },
  {
    is: /^\s*model_checkpoint_path:/,
    what: 'a note about TensorFlow checkpoints: weights without the network',
    hint: 'Choose the saved_model.pb of a SavedModel, or export the model with model.export(folder).',
  },
  {
    is: /^\s*(node \{|saved_model_schema_version:|meta_graphs \{)/,
    what: 'a TensorFlow graph written as text (.pbtxt)',
    hint: 'Save it in binary form (.pb).',
  },
  { is: starts(0x80, 0x02), what: 'a Python pickle (PyTorch .pt or .pth)', hint: 'Export the model with torch.onnx.export.' },
  {
    is: /^\s*(<!doctype|<html|<\?xml|<head|<body)/i,
    what: 'a web page, not a model: probably an error page saved in place of the download',
    hint: 'Download it again, from the link to the raw file.',
  },
];

const MODELS = 'Choose a .keras, .h5, .onnx or .tflite file, the saved_model.pb of a SavedModel or the model.json of TensorFlow.js.';

/** For bytes no importer takes. */
const others: readonly Known[] = [
  {
    is: /^\s*[{[]/,
    what: 'JSON, but no TensorFlow.js model',
    hint: 'Choose the model.json that has "modelTopology" and "weightsManifest".',
  },
  { is: (bytes) => isText(bytes), what: 'a text file, not a model', hint: MODELS },
  { is: () => true, what: 'in no format that Glassbox reads', hint: MODELS },
];

/** The error for a file that is known to be something else; with `all`, for any file. */
export function unknownFormat(bytes: Uint8Array, all = false): ModelError | undefined {
  const head = new TextDecoder().decode(bytes.subarray(0, 512)).replace(/^\uFEFF/, '');
  const found = [...known, ...(all ? others : [])].find(({ is }) => (is instanceof RegExp ? is.test(head) : is(bytes, head)));
  return found && new ModelError('format-unknown', `The file is ${found.what}.`, { hint: found.hint });
}

/** No control characters but white space. */
export function isText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 512).every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
}
