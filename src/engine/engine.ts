import { methods } from '../explain/methods/index.ts';
import { decodeImage } from '../image/decode.ts';
import { encodePng } from '../image/png.ts';
import type { EngineCalls, EngineChoice } from '../shared/protocol.ts';
import type { Handlers } from '../shared/rpc.ts';
import { Explainer } from './explainer.ts';
import { Inputs } from './inputs.ts';
import { JobQueue } from './jobs.ts';
import { ModelCache } from './models.ts';
import { predict } from './predict.ts';
import { tryPreprocessings } from './preprocessings.ts';
import { Programs } from './programs.ts';

export interface EngineOptions {
  engine: EngineChoice;
  /** Bound of all caches together. */
  cacheBytes: number;
}

/** What every job of the engine uses. */
export interface Services {
  models: ModelCache;
  programs: Programs;
  inputs: Inputs;
  queue: JobQueue;
}

export function createServices({ engine, cacheBytes }: EngineOptions): Services {
  return {
    models: new ModelCache(cacheBytes * 0.3),
    programs: new Programs(engine, cacheBytes * 0.5),
    inputs: new Inputs(cacheBytes * 0.1),
    queue: new JobQueue(),
  };
}

/** The engine behind the editor and the command line: models, programs and results kept, one computation at a time. */
export function createEngine(options: EngineOptions): Handlers<EngineCalls> {
  const services = createServices(options);
  const explainer = new Explainer(services, options.cacheBytes * 0.1);
  return {
    async configure({ engine, cacheBytes }) {
      services.programs.choose(engine);
      services.models.resize(cacheBytes * 0.3);
      services.programs.resize(cacheBytes * 0.5);
    },
    methods: async () => methods.map((m) => m.info),
    async open({ model }) {
      return await services.inputs.describe(services, await services.models.open(model), undefined);
    },
    async predict({ model, image, priority = 0 }, { signal }) {
      const input = await services.inputs.prepare(services, model, image, signal);
      return await predict(services, input, priority, signal);
    },
    async explain({ model, image, request, priority = 0 }, { signal, progress }) {
      const input = await services.inputs.prepare(services, model, image, signal);
      return await explainer.explain(input, request, { priority, signal, progress });
    },
    preprocessings: async ({ model, image, priority = 0 }, { signal }) =>
      await tryPreprocessings(services, await services.models.open(model), image, priority, signal),
    async imagePng({ image }, { signal }) {
      const { width, height, data } = await decodeImage(image, signal);
      return { png: await encodePng({ width, height, channels: 3, data }), width, height };
    },
    async forget({ model }) {
      services.models.forget(model);
    },
  };
}
