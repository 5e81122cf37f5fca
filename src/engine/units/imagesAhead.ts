import { decodeImage, type RgbImage } from '../../image/decode.ts';
import { isAbort, ModelError, throwIfAborted } from '../../shared/errors.ts';

/** A content, and a file that has it. */
export interface Content {
  hash: string;
  path: string;
}

/** What is made of an image, or why it cannot be read. */
export type Ahead<T> = { content: Content; made: T } | { content: Content; error: unknown };

/** Images decoded while others are computed with: sharp works on threads of its own. More take memory, and a core from the network. */
const ahead = 4;

/** Decodes images in their order, some of them ahead, and makes something of each; pixels are not kept. Ends with 'cancelled'. */
export async function* imagesAhead<T>(
  contents: readonly Content[],
  make: (image: RgbImage) => Promise<T>,
  signal: AbortSignal,
): AsyncGenerator<Ahead<T>> {
  const read = async (content: Content): Promise<Ahead<T>> => {
    try {
      const image = await decodeImage(content.path, signal);
      return image.hash === content.hash ? { content, made: await make(image) } : { content, error: changed(content.path) };
    } catch (error) {
      return { content, error };
    }
  };
  const waiting = [...contents];
  const started: Promise<Ahead<T>>[] = [];
  for (;;) {
    started.push(...waiting.splice(0, ahead - started.length).map(read));
    const next = await started.shift();
    throwIfAborted(signal);
    if (!next) return;
    if ('error' in next && isAbort(next.error)) throw next.error;
    yield next;
  }
}

function changed(path: string): ModelError {
  return new ModelError('file-changed', `The image '${path}' changed while the network went over the images.`, {
    file: path,
    hint: 'Try again when it is complete.',
  });
}
