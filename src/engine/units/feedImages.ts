import type { RgbImage } from '../../image/decode.ts';
import { preprocess } from '../../image/preprocess.ts';
import { ModelError } from '../../shared/errors.ts';
import type { JobContext } from '../jobs.ts';
import type { FedModel } from '../openFed.ts';
import { type Content, imagesAhead } from './imagesAhead.ts';

/** Images that are fed to a network together. */
export interface FedBatch<T> {
  /** [n,C,H,W]. */
  tensor: Float32Array;
  contents: readonly Content[];
  /** Made of each. */
  made: readonly T[];
}

export interface Feeding<T> {
  /** Images of a batch. */
  most: number;
  /** What there is already of an image, `tensor` [C,H,W] as it is fed: its file is not read. */
  known?(content: Content): { tensor: Float32Array; made: T } | undefined;
  /** What else is made of an image while its pixels are at hand. `tensor`: what is fed, [C,H,W]. */
  make(image: RgbImage, tensor: Float32Array): T | Promise<T>;
  run(batch: FedBatch<T>): Promise<void>;
  /** An image is done, or cannot be (`error`). */
  done(content: Content, error?: unknown): Promise<void>;
}

export type FeedContext<T> = Feeding<T> & Pick<JobContext, 'signal'>;

/** Decodes images, some of them ahead, and hands them over batch by batch. */
export async function feedImages<T>(
  fed: Pick<FedModel, 'open' | 'preprocessing'>,
  contents: readonly Content[],
  feeding: FeedContext<T>,
): Promise<void> {
  const { channels, height, width } = fed.open.model.input;
  const size = channels * height * width;
  const tensors = new Float32Array(feeding.most * size);
  let batch: { content: Content; made: T }[] = [];
  const flush = async () => {
    const full = batch;
    batch = [];
    const tensor = tensors.subarray(0, full.length * size);
    await feeding.run({ tensor, contents: full.map(({ content }) => content), made: full.map(({ made }) => made) });
    for (const { content } of full) await feeding.done(content);
  };
  const make = async (image: RgbImage) => {
    const tensor = fedTensor(image, fed);
    return { tensor, made: await feeding.make(image, tensor) };
  };
  for await (const image of imagesAhead(contents, make, feeding.signal, feeding.known?.bind(feeding))) {
    if ('error' in image) {
      await feeding.done(image.content, image.error);
      continue;
    }
    tensors.set(image.made.tensor, batch.length * size);
    batch.push({ content: image.content, made: image.made.made });
    if (batch.length === feeding.most) await flush();
  }
  if (batch.length > 0) await flush();
}

function fedTensor(image: RgbImage, { open: { model }, preprocessing }: Pick<FedModel, 'open' | 'preprocessing'>): Float32Array {
  try {
    return preprocess(image, preprocessing, model.input).tensor;
  } catch (error) {
    throw error instanceof ModelError ? error.with({ file: model.file }) : error;
  }
}
