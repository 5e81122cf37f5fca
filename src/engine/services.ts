import type { EngineChoice } from '../shared/protocol.ts';
import { ByteCache } from './byteCache.ts';
import { Inputs } from './inputs.ts';
import { JobQueue } from './jobs.ts';
import { ModelCache } from './models.ts';
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

/** Parts of the bound. Programs hold a packed copy of the weights and the buffers of a run; the maps are the Explainer's. */
export const cacheShare = { models: 0.3, programs: 0.5, inputs: 0.09, logits: 0.01, maps: 0.1 };

export function createServices({ engine, cacheBytes }: EngineOptions): Services {
  const models = new ModelCache(cacheBytes * cacheShare.models);
  const programs = new Programs(engine, cacheBytes * cacheShare.programs);
  return {
    models,
    programs,
    inputs: new Inputs(models, programs, cacheBytes * cacheShare.inputs),
    logits: new ByteCache<Float32Array>(cacheBytes * cacheShare.logits),
    queue: new JobQueue(),
  };
}

/** Another engine or bound, from now on. */
export function configureServices(services: Services, { engine, cacheBytes }: EngineOptions): void {
  services.programs.choose(engine);
  services.models.resize(cacheBytes * cacheShare.models);
  services.programs.resize(cacheBytes * cacheShare.programs);
  services.inputs.resize(cacheBytes * cacheShare.inputs);
  services.logits.resize(cacheBytes * cacheShare.logits);
}
