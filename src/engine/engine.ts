import { methods } from '../explain/methods/index.ts';
import { displayPng } from '../image/display.ts';
import type { EngineCalls } from '../shared/protocol.ts';
import type { Handlers } from '../shared/rpc.ts';
import { untilAborted } from '../shared/sharedJobs.ts';
import { Explainer } from './explainer.ts';
import { exportOnnx } from './exportOnnx.ts';
import { outlineOf } from './outline.ts';
import { predict } from './predict.ts';
import { tryPreprocessings } from './preprocessings.ts';
import { cacheShare, configureServices, createServices, type EngineOptions } from './services.ts';
import { spaceHandlers } from './space/handlers.ts';
import { trainingHandlers } from './training/handlers.ts';
import { unitHandlers } from './units/handlers.ts';
import { unitLayersOf } from './units/unitLayer.ts';

/** The engine behind the editor: models, programs and results kept, one computation at a time. */
export function createEngine(options: EngineOptions): Handlers<EngineCalls> {
  const services = createServices(options);
  const explainer = new Explainer(services, options.cacheBytes * cacheShare.maps);
  return {
    async configure(settings) {
      configureServices(services, settings);
      explainer.resize(settings.cacheBytes * cacheShare.maps);
    },
    methods: async () => methods.map((m) => m.info),
    async open({ model }, { signal }) {
      return await services.inputs.describe(await untilAborted(services.models.open(model), signal), undefined);
    },
    async outline({ model }, { signal }) {
      const open = await untilAborted(services.models.open(model), signal);
      const units = new Set(unitLayersOf(open).map(({ name }) => name));
      return { model: await services.inputs.describe(open, undefined), ...outlineOf(open.model, open.layers, units) };
    },
    async predict({ model, image, priority = 0 }, { signal }) {
      const input = await services.inputs.prepare(model, image, signal);
      return await predict(services, input, priority, signal);
    },
    async explain({ model, image, request, priority = 0 }, { signal, progress }) {
      const input = await services.inputs.prepare(model, image, signal);
      return await explainer.explain(input, request, { priority, signal, progress });
    },
    async explainAll({ model, image, requests, priority = 0 }, { signal, progress }) {
      const input = await services.inputs.prepare(model, image, signal);
      return await explainer.explainAll(input, requests, { priority, signal, progress });
    },
    async exportOnnx({ model, image, request, file, priority = 0 }, { signal }) {
      const input = await services.inputs.prepare(model, image, signal);
      return await exportOnnx(services, input, await explainer.task(input, request, { priority, signal }), { file, priority, signal });
    },
    preprocessings: async ({ model, image, priority = 0 }, { signal }) =>
      await tryPreprocessings(services, { model, image, priority, signal }),
    async imagePng({ image }, { signal }) {
      return await displayPng(await services.inputs.decode(image, signal));
    },
    ...unitHandlers(services),
    ...spaceHandlers(services),
    ...trainingHandlers(services, explainer),
    forget: async ({ model }) => services.models.forget(model),
  };
}
