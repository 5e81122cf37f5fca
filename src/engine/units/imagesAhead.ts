import { decodeImage, type RgbImage } from '../../image/decode.ts';
import { isAbort, throwIfAborted } from '../../shared/errors.ts';

/** A content, and a file that has it. */
export interface Content {
  hash: string;
  path: string;
}

export type Decoded = Content & ({ image: RgbImage } | { error: unknown });

/** Images decoded while others are computed with: sharp works on threads of its own. More take memory, and a core from the network. */
const ahead = 6;

/** Decodes images in their order, some of them ahead. Kept nowhere. Ends with 'cancelled'. */
export async function* imagesAhead(contents: readonly Content[], signal: AbortSignal): AsyncGenerator<Decoded> {
  const decode = async (content: Content): Promise<Decoded> => {
    try {
      return { ...content, image: await decodeImage(content.path, signal) };
    } catch (error) {
      return { ...content, error };
    }
  };
  const waiting = [...contents];
  const started: Promise<Decoded>[] = [];
  for (;;) {
    started.push(...waiting.splice(0, ahead - started.length).map(decode));
    const next = await started.shift();
    throwIfAborted(signal);
    if (!next) return;
    if ('error' in next && isAbort(next.error)) throw next.error;
    yield next;
  }
}
