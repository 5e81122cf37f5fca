import type { EngineChoice } from '../shared/protocol.ts';
import { AnswerCache } from './answers.ts';
import { ByteCache } from './byteCache.ts';
import { Inputs } from './inputs.ts';
import { JobQueue } from './jobs.ts';
import { ModelCache } from './models.ts';
import { Programs } from './programs.ts';
import { NumericThread } from './space/numericThread.ts';

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
  /** Outputs of layers [C,H,W] that perturbation methods start from, by Prepared.key and layer. */
  activations: ByteCache<Float32Array>;
  answers: AnswerCache;
  queue: JobQueue;
  /** Neighbours and layouts of many points. */
  numeric: NumericThread;
}

/** Parts of the bound. Programs hold a packed copy of the weights and the buffers of a run; the maps are the Explainer's. */
export const cacheShare = { models: 0.3, programs: 0.45, inputs: 0.08, logits: 0.01, activations: 0.01, answers: 0.05, maps: 0.1 };

export function createServices({ engine, cacheBytes }: EngineOptions): Services {
  const models = new ModelCache(cacheBytes * cacheShare.models);
  const programs = new Programs(engine, cacheBytes * cacheShare.programs);
  return {
    models,
    programs,
    inputs: new Inputs(models, programs, cacheBytes * cacheShare.inputs),
    logits: new ByteCache<Float32Array>(cacheBytes * cacheShare.logits),
    activations: new ByteCache<Float32Array>(cacheBytes * cacheShare.activations),
    answers: new AnswerCache(cacheBytes * cacheShare.answers),
    queue: new JobQueue(),
    numeric: new NumericThread(),
  };
}

/** Another engine or bound, from now on. */
export function configureServices(services: Services, { engine, cacheBytes }: EngineOptions): void {
  services.programs.choose(engine);
  services.models.resize(cacheBytes * cacheShare.models);
  services.programs.resize(cacheBytes * cacheShare.programs);
  services.inputs.resize(cacheBytes * cacheShare.inputs);
  services.logits.resize(cacheBytes * cacheShare.logits);
  services.activations.resize(cacheBytes * cacheShare.activations);
  services.answers.resize(cacheBytes * cacheShare.answers);
}
