import { methods } from '../explain/methods/index.ts';
import { displayPng } from '../image/display.ts';
import type { EngineCalls, EngineChoice } from '../shared/protocol.ts';
import type { Handlers } from '../shared/rpc.ts';
import { untilAborted } from '../shared/sharedJobs.ts';
import { ByteCache } from './byteCache.ts';
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
  /** Logits [classes] by Prepared.key. */
  logits: ByteCache<Float32Array>;
  queue: JobQueue;
}

/** Parts of the bound. Programs hold a packed copy of the weights and the buffers of a run. */
const share = { models: 0.3, programs: 0.5, inputs: 0.09, logits: 0.01, maps: 0.1 };

export function createServices({ engine, cacheBytes }: EngineOptions): Services {
  return {
    models: new ModelCache(cacheBytes * share.models),
    programs: new Programs(engine, cacheBytes * share.programs),
    inputs: new Inputs(cacheBytes * share.inputs),
    logits: new ByteCache<Float32Array>(cacheBytes * share.logits),
    queue: new JobQueue(),
  };
}

/** The engine behind the editor: models, programs and results kept, one computation at a time. */
export function createEngine(options: EngineOptions): Handlers<EngineCalls> {
  const services = createServices(options);
  const explainer = new Explainer(services, options.cacheBytes * share.maps);
  const configure = ({ engine, cacheBytes }: EngineOptions) => {
    services.programs.choose(engine);
    services.models.resize(cacheBytes * share.models);
    services.programs.resize(cacheBytes * share.programs);
    services.inputs.resize(cacheBytes * share.inputs);
    services.logits.resize(cacheBytes * share.logits);
    explainer.resize(cacheBytes * share.maps);
  };
  return {
    configure: async (settings) => configure(settings),
    methods: async () => methods.map((m) => m.info),
    async open({ model }, { signal }) {
      return await services.inputs.describe(services, await untilAborted(services.models.open(model), signal), undefined);
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
      await tryPreprocessings(services, await untilAborted(services.models.open(model), signal), { image, priority, signal }),
    async imagePng({ image }, { signal }) {
      return await displayPng(await services.inputs.decode(image, signal));
    },
    forget: async ({ model }) => services.models.forget(model),
  };
}
