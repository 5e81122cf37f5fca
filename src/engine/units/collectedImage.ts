import type { RgbImage } from '../../image/decode.ts';
import { type ErrorCode, ModelError } from '../../shared/errors.ts';
import type { Services } from '../services.ts';

/** What a file says that holds no image any more, or another. */
const gone: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'file-missing',
  'file-changed',
  'file-corrupt',
  'file-too-large',
  'format-unknown',
  'unsupported',
]);

/** An image as it was when it was collected; undefined: its file is gone or holds something else now. */
export async function collectedImage(
  { inputs }: Services,
  { path, hash }: { path: string; hash: string },
  signal: AbortSignal,
): Promise<RgbImage | undefined> {
  try {
    const image = await inputs.decode(path, signal);
    return image.hash === hash ? image : undefined;
  } catch (error) {
    if (error instanceof ModelError && gone.has(error.code)) return undefined;
    throw error;
  }
}
