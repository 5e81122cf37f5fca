import { probabilities } from '../../explain/scores.ts';
import { scoresClasses } from '../../shared/classScores.ts';
import type { WholeSet } from '../../shared/trainingProtocol.ts';
import type { Outputs } from '../space/rowLabels.ts';

/** The rows of a set: by image which of the logits' rows is its, −1: none; and its label, −1: none. */
export interface AnsweredRows {
  contents: Int32Array;
  labels: Int32Array;
}

type Answers = Pick<WholeSet, 'predicted' | 'confidence' | 'accuracy' | 'loss'>;

/**
 * What the network says of each image. A label that is no class of the model is neither right nor wrong. Accuracy is that of the largest
 * output; a model with one output has none. The loss is the cross-entropy of the outputs' softmax; where they are sigmoids it is the binary
 * one, the label's output against 1 and the others against 0, as a mean over the outputs, as Keras has it.
 * @param logits [n,classes], finite
 */
export function answersOf(outputs: Outputs, logits: Float32Array, { contents, labels }: AnsweredRows): Answers {
  const { classes, activation } = outputs;
  const count = contents.length;
  const predicted = new Int32Array(count).fill(-1);
  const confidence = new Float32Array(count).fill(Number.NaN);
  if (!scoresClasses(outputs)) return { predicted, confidence, accuracy: Number.NaN, loss: Number.NaN };
  const lossOf = activation === 'sigmoid' ? binaryCrossEntropy : crossEntropy;
  let [right, labelled, loss] = [0, 0, 0];
  for (let row = 0; row < count; row++) {
    const content = contents[row]!;
    if (content < 0) continue;
    const own = logits.subarray(content * classes, (content + 1) * classes);
    const best = largest(own);
    predicted[row] = best;
    confidence[row] = probabilities(own, activation)[best]!;
    const label = labels[row]!;
    if (label < 0 || label >= classes) continue;
    labelled++;
    if (label === best) right++;
    loss += lossOf(own, label);
  }
  const told = labelled > 0;
  return {
    predicted,
    confidence,
    accuracy: told && classes > 1 ? right / labelled : Number.NaN,
    loss: told ? loss / labelled : Number.NaN,
  };
}

/** Of equal ones the first. */
function largest(values: Float32Array): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) if (values[at]! > values[best]!) best = at;
  return best;
}

/** ln Σ exp z − z_label. */
function crossEntropy(logits: Float32Array, label: number): number {
  const most = logits[largest(logits)]!;
  let sum = 0;
  for (const z of logits) sum += Math.exp(z - most);
  return most + Math.log(sum) - logits[label]!;
}

/** Mean of ln(1 + exp z), less z where the output is the label's. */
function binaryCrossEntropy(logits: Float32Array, label: number): number {
  let sum = 0;
  for (const z of logits) sum += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
  return (sum - logits[label]!) / logits.length;
}
