import { ModelError } from '../../shared/errors.ts';

/** The error for what TensorFlow.js computes differently from ONNX or cannot hold: better none than a wrong result. */
export function refusal(where: string, what: string): ModelError {
  return new ModelError('unsupported', `${what}.`, { where, hint: 'Set "glassbox.engine" to "onnxruntime".' });
}
