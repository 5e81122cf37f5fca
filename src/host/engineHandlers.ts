import type { OfSubject, PageCalls } from '../shared/protocol.ts';
import type { Handlers } from '../shared/rpc.ts';
import type { SharedJobs } from '../shared/sharedJobs.ts';
import type { EngineClient } from './engineClient.ts';

/** Image and model a page's call is about. Throws 'cancelled' where they are no longer shown. */
export type Sides = (of: OfSubject) => { image: string; model(): string };

type Forwarded = 'imagePng' | 'predict' | 'explain' | 'explainAll' | 'preprocessings';

/** Under which the classification of a panel's own subject runs, also before a page asks for it. */
export const predictKey = 'predict of the panel';

/**
 * Calls of a page that the engine answers. Each piece of work runs once: a page that was hidden finds what it had asked for
 * still running when it is back.
 */
export function engineHandlers(engine: EngineClient, jobs: SharedJobs, sides: Sides): Pick<Handlers<PageCalls>, Forwarded> {
  const key = (what: string, { other }: OfSubject) => `${what} of ${other ?? 'the panel'}`;
  return {
    imagePng: async (of, context) => {
      const { image } = sides(of);
      return await jobs.run(key('imagePng', of), context, ({ signal }) => engine.call('imagePng', { image }, { signal }));
    },
    predict: async (of, context) => {
      const { image, model } = sides(of);
      const params = { model: model(), image };
      return await jobs.run(key('predict', of), context, ({ signal }) => engine.call('predict', params, { signal }));
    },
    explain: async ({ request, priority = 0, ...of }, context) => {
      const { image, model } = sides(of);
      const params = { model: model(), image, request, priority };
      return await jobs.run(key(`explain ${JSON.stringify(request)}`, of), context, ({ signal, progress }) =>
        engine.call('explain', params, { signal, onProgress: progress }),
      );
    },
    explainAll: async ({ requests, priority = 0, ...of }, context) => {
      const { image, model } = sides(of);
      const params = { model: model(), image, requests, priority };
      return await jobs.run(
        key(`explainAll ${JSON.stringify(requests)}`, of),
        context,
        ({ signal, progress }) => engine.call('explainAll', params, { signal, onProgress: progress }),
        'all',
      );
    },
    preprocessings: async (of, context) => {
      const { image, model } = sides(of);
      const params = { model: model(), image };
      return await jobs.run(key('preprocessings', of), context, ({ signal }) => engine.call('preprocessings', params, { signal }));
    },
  };
}
