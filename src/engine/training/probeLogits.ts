import type { JobContext } from '../jobs.ts';
import type { OpenModel } from '../models.ts';
import { finiteLogits, uncheckedLogits } from '../predict.ts';
import type { Services } from '../services.ts';
import { batchSize } from '../stream.ts';

/** An input that the network is asked about. */
export interface NamedInput {
  /** Of the image, for messages. */
  name: string;
  /** [C,H,W]. */
  tensor: Float32Array;
}

/** Inputs by batches, each one tensor [n,C,H,W]: as many as the network takes together. */
export function* batches<T extends NamedInput>(
  { model }: Pick<OpenModel, 'model'>,
  inputs: readonly T[],
): Generator<{ tensor: Float32Array; of: readonly T[] }> {
  const { channels, height, width } = model.input;
  const size = channels * height * width;
  const most = batchSize(model, size * Float32Array.BYTES_PER_ELEMENT);
  for (let from = 0; from < inputs.length; from += most) {
    const of = inputs.slice(from, from + most);
    const tensor = new Float32Array(of.length * size);
    for (const [i, input] of of.entries()) tensor.set(input.tensor, i * size);
    yield { tensor, of };
  }
}

/** Logits [classes] of each input, in order. Throws ModelError('weights') naming the image where one is NaN or infinite. */
export async function logitsOfMany(
  services: Services,
  open: OpenModel,
  inputs: readonly NamedInput[],
  context: JobContext,
): Promise<Float32Array[]> {
  const { model } = open;
  const all: Float32Array[] = [];
  for (const { tensor, of } of batches(open, inputs)) {
    const logits = await uncheckedLogits(services, open, { ...context, batch: tensor, n: of.length });
    for (const [i, { name }] of of.entries()) {
      const own = logits.slice(i * model.classes, (i + 1) * model.classes);
      all.push(finiteLogits(own, model.file, `'${name}'`));
    }
  }
  return all;
}
