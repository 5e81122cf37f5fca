import { ModelError } from '../../shared/errors.ts';

/** Whether bytes begin as ONNX files do: field 1 (ir_version) as a small number, then a field that may follow it. */
export function looksLikeOnnx(bytes: Uint8Array): boolean {
  const [tag, version, next] = bytes;
  return tag === 0x08 && version !== undefined && version < 0x40 && next !== undefined && followers.has(next);
}

/** Tags of producer_name, producer_version, domain, model_version, graph and opset_import. */
const followers = new Set([0x12, 0x1a, 0x22, 0x28, 0x3a, 0x42]);

/** Throws a clear error for files that are named .onnx and are something else. */
export function refuseOtherFormats(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new ModelError('file-corrupt', 'The file is empty.', { hint: 'Export or download it again.' });
  if (bytes[0] === 0x08) return;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512)).toString('utf8');
  if (head.startsWith('version https://git-lfs')) {
    throw new ModelError('file-corrupt', 'The file is a Git LFS pointer, not the model itself.', {
      hint: 'Run `git lfs pull` in its repository.',
    });
  }
  if (/^\s*<(!doctype|html|\?xml)/i.test(head)) {
    throw new ModelError('file-corrupt', 'The file is a web page, not a model: the download was answered by an HTML page.', {
      hint: 'Download it again, from the link to the raw file.',
    });
  }
  if (isText(bytes.subarray(0, 512))) {
    throw new ModelError('file-corrupt', 'The file is text, not an ONNX model.', { hint: 'Export or download it again.' });
  }
}

/** No control characters but white space. */
function isText(head: Uint8Array): boolean {
  return head.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
}
