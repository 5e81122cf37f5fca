import { isAbort, ModelError } from '../../../shared/errors.ts';
import type { Prediction, RankedClass } from '../../../shared/protocol.ts';
import type { Checkpoint, ComparedClass, ProbeFrames } from '../../../shared/trainingProtocol.ts';
import type { EngineClient } from '../../engineClient.ts';

/** So many best classes of each are told of. */
const told = 5;

export type Engine = Pick<EngineClient, 'call'>;

/** One of the two checkpoints, with what was read of it. */
export interface ComparedSide {
  checkpoint: Checkpoint;
  frames: ProbeFrames | undefined;
}

/** What a checkpoint says of an image, from its files or from what was kept. */
export interface Said {
  truth: number | undefined;
  class: number | undefined;
  best: readonly number[];
  probability(index: number): number | undefined;
  label(index: number): string | undefined;
  /** Its files do not answer. */
  failure: unknown;
}

export async function predicted(
  engine: Engine,
  side: ComparedSide,
  { image, priority }: { image: string; priority: number },
  signal: AbortSignal,
): Promise<Said> {
  const { checkpoint } = side;
  if (checkpoint.gone) return kept(side, image, gone(checkpoint));
  try {
    return answered(await engine.call('predict', { model: checkpoint.path, image, priority }, { signal }));
  } catch (error) {
    if (isAbort(error)) throw error;
    return kept(side, image, error);
  }
}

function answered({ top, truth, logits, model: { labels, activation } }: Prediction): Said {
  const best = top[0] as RankedClass;
  return {
    ...{ truth: truth?.index, class: best.index, best: top.slice(0, told).map(({ index }) => index), failure: undefined },
    probability(index) {
      const [known, logit] = [top.find((each) => each.index === index)?.probability, logits[index]];
      if (known !== undefined || best.probability === undefined || logit === undefined) return known;
      // From a logit to its share of the softmax by way of one whose share is known.
      return activation === 'sigmoid' ? 1 / (1 + Math.exp(-logit)) : best.probability * Math.exp(logit - best.logit);
    },
    label: (index) => labels?.[index] ?? top.find((each) => each.index === index)?.label,
  };
}

function kept({ frames }: ComparedSide, image: string, failure: unknown): Said {
  const row = frames?.images.indexOf(image) ?? -1;
  if (!frames || row < 0)
    return { truth: undefined, class: undefined, best: [], probability: () => undefined, label: () => undefined, failure };
  const known = (index: number) => (index >= 0 ? index : undefined);
  const [truth, best] = [known(frames.truth[row] as number), known(frames.predicted[row] as number)];
  const number = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? undefined : value);
  return {
    ...{ truth, class: best, best: best === undefined ? [] : [best], failure },
    probability(index) {
      if (index === best) return number(frames.confidence[row]);
      return index === truth ? number(frames.trueProbability[row]) : undefined;
    },
    label: (index) => frames.classes[index],
  };
}

/** Best classes of either and some others; what the second is surest of comes first. */
export function classesOf(from: Said, to: Said, also: readonly (number | undefined)[]): ComparedClass[] {
  const indices = [...new Set([...to.best, ...from.best, ...also])].filter((index) => index !== undefined);
  const classes = indices.map((index) => ({
    ...{ index, label: to.label(index) ?? from.label(index) ?? `class ${index}` },
    ...{ from: from.probability(index), to: to.probability(index) },
  }));
  return classes.sort((a, b) => (b.to ?? -1) - (a.to ?? -1) || (b.from ?? -1) - (a.from ?? -1));
}

export function gone({ name }: Pick<Checkpoint, 'name'>): ModelError {
  const message = `The files of ${name} are gone, and nothing is kept of it for this picture.`;
  return new ModelError('file-missing', message, { hint: 'Choose another checkpoint.' });
}
