import { decodeImage, type RgbImage } from '../../image/decode.ts';
import { isAbort, ModelError, throwIfAborted } from '../../shared/errors.ts';

/** A content, and a file that has it. */
export interface Content {
  hash: string;
  path: string;
}

/** What is made of an image, or why it cannot be read. */
export type Ahead<T> = { content: Content; made: T } | { content: Content; error: unknown };

/**
 * Images read and decoded while others are computed with, on threads of their own: each comes a step further whenever the network has
 * ended with a batch, so they are a few batches. Large ones are fewer, as their pixels are in memory.
 */
const ahead = { least: 4, most: 12, bytes: 64 * 2 ** 20 };

/**
 * Decodes images in their order, some of them ahead, and makes something of each; pixels are not kept. Ends with 'cancelled'.
 * @param known what there is already of a content: its file is not read
 */
export async function* imagesAhead<T>(
  contents: readonly Content[],
  make: (image: RgbImage) => Promise<T>,
  signal: AbortSignal,
  known: (content: Content) => T | undefined = () => undefined,
): AsyncGenerator<Ahead<T>> {
  let largest = 1;
  const read = async (content: Content): Promise<Ahead<T>> => {
    try {
      const there = known(content);
      if (there !== undefined) return { content, made: there };
      const image = await decodeImage(content.path, signal);
      largest = Math.max(largest, image.data.byteLength);
      return image.hash === content.hash ? { content, made: await make(image) } : { content, error: changed(content.path) };
    } catch (error) {
      return { content, error };
    }
  };
  let begun = 0;
  const started: Promise<Ahead<T>>[] = [];
  for (;;) {
    while (begun < contents.length && started.length < many(largest)) started.push(read(contents[begun++] as Content));
    const next = await started.shift();
    throwIfAborted(signal);
    if (!next) return;
    if ('error' in next && isAbort(next.error)) throw next.error;
    yield next;
  }
}

function many(bytes: number): number {
  return Math.max(ahead.least, Math.min(ahead.most, Math.floor(ahead.bytes / bytes)));
}

function changed(path: string): ModelError {
  return new ModelError('file-changed', `The image '${path}' changed while the network went over the images.`, {
    file: path,
    hint: 'Try again when it is complete.',
  });
}
