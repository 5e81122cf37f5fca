import { resolve } from 'node:path';
import type { Prepared } from '../engine/inputs.ts';
import type { OpenModel } from '../engine/models.ts';
import type { Services } from '../engine/services.ts';
import { readFileBounded } from '../formats/file.ts';
import { readNpy } from '../formats/npy.ts';
import type { RgbImage } from '../image/decode.ts';
import { ModelError } from '../shared/errors.ts';
import { inputTensors } from './tensors.ts';
import type { ExplainArgs } from './usage.ts';

/** What is explained: an image, or a tensor of an .npy file. */
export interface Subject {
  /** As given on the command line; `file.npy[1]` for the second tensor of a batch. */
  name: string;
  /** Throws where it cannot be read. */
  prepare(): Promise<Prepared>;
  /** The picture to draw on; undefined for a tensor. */
  picture(): Promise<RgbImage | undefined>;
}

interface Context {
  args: Pick<ExplainArgs, 'images' | 'inputs' | 'model'>;
  services: Services;
  open: OpenModel;
  signal: AbortSignal;
}

/** All images, then all tensors. A file that cannot be read is one subject whose `prepare` says so. */
export async function* subjects({ args, services, open, signal }: Context): AsyncGenerator<Subject> {
  for (const image of args.images) {
    const path = resolve(image);
    yield {
      name: image,
      prepare: () => services.inputs.prepare(resolve(args.model), path, signal),
      picture: () => services.inputs.decode(path, signal),
    };
  }
  const picture = async () => undefined;
  for (const file of args.inputs) {
    try {
      const tensors = await readTensors(file, open);
      for (const [i, tensor] of tensors.entries()) {
        const name = tensors.length > 1 ? `${file}[${i}]` : file;
        yield { name, prepare: () => services.inputs.prepareTensor(open, tensor, name), picture };
      }
    } catch (error) {
      yield { name: file, prepare: () => Promise.reject(error), picture };
    }
  }
}

async function readTensors(file: string, { model }: OpenModel): Promise<Float32Array[]> {
  try {
    return inputTensors(file, readNpy(await readFileBounded(file, { what: 'tensor', maxBytes: 2 ** 31 })), model);
  } catch (error) {
    throw error instanceof ModelError ? error.with({ file }) : error;
  }
}
