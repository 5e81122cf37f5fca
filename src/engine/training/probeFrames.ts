import { className, scoresClasses } from '../../shared/classScores.ts';
import { isAbort, ModelError, toErrorRecord } from '../../shared/errors.ts';
import type { ProbeFrames } from '../../shared/trainingProtocol.ts';
import { openFed } from '../openFed.ts';
import { logitsOf, rank } from '../predict.ts';
import type { TrainingHandler } from './handler.ts';
import { versionOf } from './version.ts';

/** Below what is on screen, above indexing. */
const lowPriority = -10;

export const probeFrames: TrainingHandler<'probeFrames'> = async (services, { model, images, choice, priority = lowPriority }, context) => {
  const start = performance.now();
  const { signal } = context;
  const fed = await openFed(services, model, signal);
  const version = versionOf(fed.open.model.hash, fed.preprocessing);
  const { info } = fed;
  const n = images.length;
  const [truth, predicted, explained] = [0, 0, 0].map(() => new Int32Array(n).fill(-1)) as [Int32Array, Int32Array, Int32Array];
  const [confidence, trueProbability, borderShare, objectShare, objectArea] = Array.from({ length: 5 }, () =>
    new Float32Array(n).fill(Number.NaN),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  const errors: ProbeFrames['errors'][number][] = [];
  let maps = new Float32Array(0);
  let [height, width] = [0, 0];
  let told = { method: '', variant: '', layer: '', relu: false, signed: false, unit: '' };
  for (const [row, image] of images.entries()) {
    context.progress({ done: row, total: n });
    try {
      const input = await services.inputs.prepare(model, image, signal);
      const ranked = rank(await logitsOf(services, input, priority, signal), info);
      const top = ranked[0]!;
      predicted[row] = top.index;
      truth[row] = input.truth ?? -1;
      confidence[row] = top.probability ?? Number.NaN;
      trueProbability[row] = ranked.find(({ index }) => index === input.truth)?.probability ?? Number.NaN;
      explained[row] = choice.of === 'truth' && input.truth !== undefined ? input.truth : top.index;
      const map = await services.explainer.explain(
        input,
        { ...choice.request, class: explained[row]! },
        { priority, signal, progress: () => {} },
      );
      if (maps.length === 0) {
        [height, width] = [map.height, map.width];
        maps = new Float32Array(n * height * width).fill(Number.NaN);
        const { method, variant, layer, relu, signed, unit } = map;
        told = { method, variant, layer, relu, signed, unit };
      }
      maps.set(map.values, row * height * width);
    } catch (error) {
      if (isAbort(error)) throw error;
      errors.push({ row, error: toErrorRecord(error) });
    }
  }
  if (!(await fed.open.current())) throw new ModelError('file-changed', 'changed', { file: model });
  const scored = scoresClasses(info);
  const classes = Array.from({ length: info.classes }, (_, i) => className(info, i));
  const [borderPeak, objectPeak] = [new Uint8Array(n), new Uint8Array(n)];
  return {
    ...{ version, images, classes, scored, truth, predicted, explained, confidence, trueProbability, map: told, height, width, maps },
    ...{ borderShare, borderPeak, objectShare, objectArea, objectPeak, errors, ms: performance.now() - start },
  };
};
