import { ModelError } from '../../shared/errors.ts';
import { isText } from '../detect.ts';

/** Whether bytes begin as ONNX files do: field 1 (ir_version) as a small number, then a field that may follow it. */
export function looksLikeOnnx(bytes: Uint8Array): boolean {
  const [tag, version, next] = bytes;
  return tag === 0x08 && version !== undefined && version < 0x40 && next !== undefined && followers.has(next);
}

/** Tags of producer_name, producer_version, domain, model_version, graph and opset_import. */
const followers = new Set([0x12, 0x1a, 0x22, 0x28, 0x3a, 0x42]);

/** Throws a clear error for text that is named .onnx. */
export function refuseText(bytes: Uint8Array): void {
  if (bytes[0] === 0x08 || !isText(bytes)) return;
  throw new ModelError('file-corrupt', 'The file is text, not an ONNX model.', { hint: 'Export or download it again.' });
}
