// What cannot be imported says so: exact texts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ModelError } from '../../src/shared/errors.ts';
import { openBytes, tflite } from '../support/tflite.ts';
import { type OperatorSpec, type TensorSpec, tfliteModel } from '../support/tfliteModel.ts';

const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

const image: TensorSpec = { name: 'image', shape: [1, 4, 4, 3] };
const mean: TensorSpec = { name: 'mean', shape: [1, 3] };
const axes: TensorSpec = { name: 'axes', shape: [2], type: 'INT32', data: new Uint8Array(Int32Array.of(1, 2).buffer) };
const pooled: OperatorSpec = { kind: 'MEAN', inputs: [0, 1], outputs: [2], options: { type: 27 } };

/** image → MEAN → `operator`, whose inputs from 3 on and output are `tensors`. */
function behind(operator: OperatorSpec, ...tensors: TensorSpec[]): Uint8Array {
  return tfliteModel({ tensors: [image, axes, mean, ...tensors], operators: [pooled, operator], outputs: [2 + tensors.length] });
}

const scores: TensorSpec = { name: 'scores', shape: [1, 2] };
const dense = (weights: Partial<TensorSpec>, options: OperatorSpec['options'] = { type: 8 }): Uint8Array =>
  behind(
    { kind: 'FULLY_CONNECTED', inputs: [2, 3], outputs: [4], options },
    { name: 'weights', shape: [2, 3], data: floats(1, 2, 3, 4, 5, 6), ...weights },
    scores,
  );
const int8 = (quantization: NonNullable<TensorSpec['quantization']>) => ({ type: 'INT8', data: new Uint8Array(6), quantization });
const same = (spec: Partial<OperatorSpec>): Uint8Array =>
  behind({ kind: 'RELU', inputs: [2], outputs: [3], ...spec }, { name: 'scores', shape: [1, 3] });

/** The file with metadata and labels, changed by `change`. */
function described(change: (file: Buffer) => void): Uint8Array {
  const bytes = tflite('uint8');
  change(Buffer.from(bytes.buffer));
  return bytes;
}

const cases: Record<string, [bytes: Uint8Array, code: ModelError['code'], message: string]> = {
  'a custom operator': [
    same({ kind: 'CUSTOM', custom: 'TFLite_Detection_PostProcess' }),
    'unsupported',
    "TFLite_Detection_PostProcess 'scores' is a custom operator, which is not supported.",
  ],
  'a delegate': [same({ kind: 'DELEGATE' }), 'unsupported', "DELEGATE 'scores' is not supported."],
  'control flow': [same({ kind: 'WHILE' }), 'unsupported', "WHILE 'scores' is not supported."],
  'an operator that no list knows': [same({ kind: 'STABLEHLO_CASE' }), 'unsupported', "STABLEHLO_CASE 'scores' is not supported."],
  'an activation of signs': [
    dense({}, { type: 8, fields: { 0: 5 }, bytes: [0] }),
    'unsupported',
    "FULLY_CONNECTED 'scores' is fused with activation SIGN_BIT, which is not supported.",
  ],
  'shuffled weights': [
    dense({}, { type: 8, fields: { 1: 1 }, bytes: [1] }),
    'unsupported',
    "FULLY_CONNECTED 'scores' has shuffled weights, which are not supported.",
  ],
  'options of another operator': [
    dense({}, { type: 1 }),
    'file-corrupt',
    'The file is damaged or truncated at byte 180: FULLY_CONNECTED has options of type 1, it needs 8.',
  ],
  'sparse weights': [
    dense({ sparse: true }),
    'unsupported',
    "FULLY_CONNECTED 'scores' reads what cannot be read: Tensor 'weights' is sparse, which is not supported.",
  ],
  'weights in another file': [
    dense({ external: true }),
    'unsupported',
    "FULLY_CONNECTED 'scores' reads what cannot be read: Tensor 'weights' is in another file, which is not supported.",
  ],
  'blockwise quantisation': [
    dense(int8({ scale: [1], details: 2 })),
    'unsupported',
    "FULLY_CONNECTED 'scores' reads what cannot be read: Tensor 'weights' is quantised in another way (blockwise), which is not supported.",
  ],
  'weights of strings': [
    dense({ type: 'STRING' }),
    'unsupported',
    "FULLY_CONNECTED 'scores' reads what cannot be read: Tensor 'weights' has element type STRING, which is not supported.",
  ],
  'too few bytes': [dense({ data: floats(1, 2) }), 'file-corrupt', "Tensor 'weights' has 8 bytes, its shape [2,3] needs 24."],
  'an absurd shape': [
    dense({ shape: [2 ** 31 - 1, 2 ** 31 - 1] }),
    'file-corrupt',
    "Tensor 'weights' has an impossible shape: [2147483647,2147483647].",
  ],
  'a negative size': [dense({ shape: [-2, 3] }), 'file-corrupt', "Tensor 'weights' has an impossible shape: [-2,3]."],
  'scales that do not fit': [
    dense(int8({ scale: [1, 1, 1] })),
    'file-corrupt',
    "Tensor 'weights' has 3 scales along axis 0 of its shape [2,3].",
  ],
  'a negative scale': [dense(int8({ scale: [-1] })), 'file-corrupt', "Tensor 'weights' has the scale -1."],
  'a scale that is no number': [dense(int8({ scale: [Number.NaN] })), 'file-corrupt', "Tensor 'weights' has the scale NaN."],
  'zero points that do not fit': [
    dense(int8({ scale: [1, 1], zeroPoint: [0, 0, 0] })),
    'file-corrupt',
    'The file is damaged or truncated at byte 376: 2 scales and 3 zero points.',
  ],
  'weights that are no numbers': [
    dense({ data: floats(1, Number.NaN, 3, 4, 5, 6) }),
    'weights',
    "The weight 'weights' holds NaN (first at element 1 of 6).",
  ],
  'a tensor that is not there': [
    same({ inputs: [9] }),
    'file-corrupt',
    'The file is damaged or truncated at byte 188: inputs refers to number 9 of 4.',
  ],
  'an operator without inputs': [same({ inputs: [] }), 'file-corrupt', "RELU 'scores' lacks input 0."],
  'dense weights of one axis': [dense({ shape: [6] }), 'file-corrupt', "FULLY_CONNECTED 'scores' has weights of shape [6]."],
  'a cycle': [same({ inputs: [3] }), 'file-corrupt', "RELU 'scores' reads 'scores', which nothing before it makes."],
  'metadata of another kind': [
    described((file) => file.write('M002', file.indexOf('M001'))),
    'file-corrupt',
    `The file is damaged or truncated at byte 4: the file identifier is "M002", not 'M001'.`,
  ],
  'a damaged archive behind the model': [
    described((file) => file.writeUInt32LE(1, file.indexOf('PK\u0001\u0002') + 16)),
    'file-corrupt',
    "The ZIP archive is damaged: the checksum of 'labels.txt' is wrong.",
  ],
  'no operator': [tfliteModel({ tensors: [image], operators: [], outputs: [0] }), 'input', 'The model has no input.'],
};

for (const [what, [bytes, code, message]] of Object.entries(cases)) {
  test(what, async () => {
    await assert.rejects(openBytes(bytes), (error) => {
      assert.ok(error instanceof ModelError, String((error as Error).stack));
      assert.equal(error.message, message);
      assert.deepEqual([error.code, error.file], [code, 'model.tflite']);
      assert.ok(error.hint, 'has a next step');
      return true;
    });
  });
}
