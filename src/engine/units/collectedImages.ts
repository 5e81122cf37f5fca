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

/** An image of a collection. */
export interface Collected {
  path: string;
  hash: string;
}

/** Images decoded while others are cut: sharp works on threads of its own. */
const ahead = 4;

/** The images of a collection as they were when they were collected, in order; undefined: the file is gone or holds something else. */
export async function* collectedImages<T extends Collected>(
  services: Services,
  collected: readonly T[],
  signal: AbortSignal,
): AsyncGenerator<{ of: T; image: RgbImage | undefined }> {
  const waiting = [...collected];
  const started: { of: T; decoding: Promise<RgbImage | undefined> }[] = [];
  for (;;) {
    for (const of of waiting.splice(0, ahead - started.length)) {
      const decoding = asCollected(services, of, signal);
      // A failure is met when its turn comes, if it does.
      decoding.catch(() => {});
      started.push({ of, decoding });
    }
    const next = started.shift();
    if (!next) return;
    yield { of: next.of, image: await next.decoding };
  }
}

async function asCollected({ inputs }: Services, { path, hash }: Collected, signal: AbortSignal): Promise<RgbImage | undefined> {
  try {
    const image = await inputs.decode(path, signal);
    return image.hash === hash ? image : undefined;
  } catch (error) {
    if (error instanceof ModelError && gone.has(error.code)) return undefined;
    throw error;
  }
}
