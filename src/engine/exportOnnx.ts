import { ModelError } from '../shared/errors.ts';
import type { MapRequest } from '../shared/protocol.ts';
import type { Prepared } from './inputs.ts';
import type { JobContext } from './jobs.ts';
import { resolveRequest } from './resolve.ts';
import type { Services } from './services.ts';

/** Writes an explanation as a self-contained ONNX model: image in, map out. */
export async function exportOnnx(
  _services: Services,
  input: Prepared,
  request: MapRequest,
  _to: JobContext & { file: string },
): Promise<{ bytes: number }> {
  const { method } = resolveRequest(input.open, request);
  throw new ModelError('method', `${method.info.label} cannot be exported.`);
}
