import { AnswerCache } from '../answers.ts';
import { ByteCache } from '../byteCache.ts';
import type { Services } from '../services.ts';

/** Enough for one checkpoint at a time: what is over it goes, but for what is in use. */
const bytes = { programs: 2 ** 29, logits: 2 ** 20, activations: 2 ** 24, answers: 2 ** 26 };

/**
 * Services whose programs and results are `work`'s own and gone after it. Hundreds of checkpoints, each looked at once, leave nothing behind
 * and push out nothing that somebody looks at. The queue is shared: what is on screen comes first.
 */
export async function aside<T>(services: Services, work: (own: Services) => Promise<T>): Promise<T> {
  const programs = services.programs.aside(bytes.programs);
  try {
    return await work({
      ...services,
      programs,
      logits: new ByteCache(bytes.logits),
      activations: new ByteCache(bytes.activations),
      answers: new AnswerCache(bytes.answers),
    });
  } finally {
    programs.close();
  }
}
