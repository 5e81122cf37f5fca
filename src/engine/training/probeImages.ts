import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { ObjectMask } from '../../explain/evidence.ts';
import { readFileBounded } from '../../formats/file.ts';
import { decodeImage, type RgbImage } from '../../image/decode.ts';
import { objectMask } from '../../image/objectMask.ts';
import { type FedImage, type InputSize, preprocess } from '../../image/preprocess.ts';
import { stampOf } from '../../importers/files.ts';
import { ModelError } from '../../shared/errors.ts';
import type { Preprocessing } from '../../shared/sidecar.ts';
import { ByteCache } from '../byteCache.ts';

const maxImageBytes = 2 ** 28;

/** What the network is fed of a probe. */
export interface FedProbe {
  hash: string;
  /** Of the image itself, pixels. */
  width: number;
  height: number;
  fed: FedImage;
}

interface Kept {
  probe?: FedProbe;
  mask?: ObjectMask;
}

/** What is known of a file as it was when it was read. */
interface Looked {
  stamp: string | undefined;
  hash?: string;
  size?: { width: number; height: number };
  /** It is no image. */
  error?: ModelError;
}

/**
 * What is fed of the probes of a run: the same pictures for hundreds of checkpoints are decoded once, as long as their files do not change.
 * Their pixels are not kept.
 */
export class ProbeImages {
  readonly #kept: ByteCache<Kept>;
  readonly #looked = new Map<string, Looked>();

  constructor(limit: number) {
    this.#kept = new ByteCache(limit);
  }

  /** SHA-256 of a file, hex. `what` it is, for messages. Throws ModelError naming it, of one that could not be decoded too. */
  async hashOf(path: string, what: string): Promise<string> {
    const looked = await this.#look(path);
    if (looked.error) throw looked.error;
    looked.hash ??= createHash('sha256')
      .update(await readFileBounded(path, { what, maxBytes: maxImageBytes }))
      .digest('hex');
    return looked.hash;
  }

  /** SHA-256 of the mask of an image. Throws ModelError: `shape` where it is not of the image's size, or what its file says. */
  async hashOfMask(path: string, image: string, signal: AbortSignal): Promise<string> {
    const [mask, picture] = [await this.#sizeOf(path, signal), await this.#sizeOf(image, signal)];
    if (mask.width === picture.width && mask.height === picture.height) return await this.hashOf(path, 'mask');
    const sizes = `${mask.width} × ${mask.height} pixels, its picture ${picture.width} × ${picture.height} (width × height)`;
    throw new ModelError('shape', `The mask '${basename(path)}' has ${sizes}.`, {
      file: path,
      hint: 'Give the mask the size of the picture.',
    });
  }

  /** Throws ModelError naming the image. `hash`: what it was found to be. */
  async feed(path: string, hash: string, { how, input, signal }: FeedContext): Promise<FedProbe> {
    const key = `${hash}\n${fitKey(how, input)}`;
    const known = this.#kept.get(key)?.probe;
    if (known) return known;
    const image = await this.#decode(path, signal);
    if (image.hash !== hash) throw changed(path, 'picture');
    const probe = { hash, width: image.width, height: image.height, fed: preprocess(image, how, input) };
    this.#kept.set(key, { probe }, probe.fed.tensor.byteLength);
    return probe;
  }

  /** The mask of a probe, 1 where the object is, cut and resized as the probe is. */
  async mask(path: string, hash: string, { how, input, signal }: FeedContext): Promise<ObjectMask> {
    const key = `mask ${hash}\n${fitKey(how, input)}`;
    const known = this.#kept.get(key)?.mask;
    if (known) return known;
    const image = await this.#decode(path, signal);
    if (image.hash !== hash) throw changed(path, 'mask');
    const { height, width } = input;
    const grey: Preprocessing = { ...how, channels: 'gray', scale: 1 / 255, mean: [0], std: [1] };
    const { tensor } = preprocess(objectMask(image), grey, { channels: 1, height, width });
    const mask = { values: tensor, height, width };
    this.#kept.set(key, { mask }, tensor.byteLength);
    return mask;
  }

  async #look(path: string): Promise<Looked> {
    const stamp = await stampOf(path);
    const known = this.#looked.get(path);
    if (known && known.stamp !== undefined && known.stamp === stamp) return known;
    const looked: Looked = { stamp };
    this.#looked.set(path, looked);
    return looked;
  }

  async #sizeOf(path: string, signal: AbortSignal): Promise<{ width: number; height: number }> {
    const looked = await this.#look(path);
    if (looked.error) throw looked.error;
    if (!looked.size) {
      const { width, height } = await this.#decode(path, signal);
      looked.size = { width, height };
    }
    return looked.size;
  }

  async #decode(path: string, signal: AbortSignal): Promise<RgbImage> {
    const looked = await this.#look(path);
    try {
      return await decodeImage(path, signal);
    } catch (error) {
      if (error instanceof ModelError && ['format-unknown', 'file-corrupt', 'unsupported'].includes(error.code)) looked.error = error;
      throw error;
    }
  }
}

interface FeedContext {
  how: Preprocessing;
  input: InputSize;
  signal: AbortSignal;
}

function fitKey(how: Preprocessing, { channels, height, width }: InputSize): string {
  return `${JSON.stringify(how)}:${channels}:${height}:${width}`;
}

function changed(path: string, what: string): ModelError {
  return new ModelError('file-changed', `The ${what} '${basename(path)}' changed while it was read.`, {
    file: path,
    hint: 'Try again when it is complete.',
  });
}
