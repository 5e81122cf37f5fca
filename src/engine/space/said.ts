import { scoresClasses } from '../../shared/classScores.ts';
import type { ModelInfo } from '../../shared/protocol.ts';

/** What an index keeps of a network's answer to an image: the best classes, best first. */
export interface KeptAnswer {
  classes: Int32Array;
  logits: Float32Array;
  logSumExp: number;
}

/** The answer as rows have it; NaN where there is no such number. */
export interface Said {
  /** −1: the outputs are no class scores. */
  predicted: number;
  confidence: number;
  margin: number;
  /** Of a class; NaN where it is not among those kept, or none. */
  probabilityOf(index: number): number;
}

/** Softmax, or sigmoid of each, as `probabilities` has it. */
export function saidOf(info: ModelInfo, { classes, logits, logSumExp }: KeptAnswer): Said {
  if (!scoresClasses(info)) return { predicted: -1, confidence: Number.NaN, margin: Number.NaN, probabilityOf: () => Number.NaN };
  const probability =
    info.activation === 'sigmoid' ? (logit: number) => 1 / (1 + Math.exp(-logit)) : (logit: number) => Math.exp(logit - logSumExp);
  const at = (place: number) => (place < 0 || place >= logits.length ? Number.NaN : probability(logits[place] as number));
  return {
    predicted: classes[0] ?? -1,
    confidence: at(0),
    margin: at(0) - at(1),
    probabilityOf: (index) => at(classes.indexOf(index)),
  };
}
