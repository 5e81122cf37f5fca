import { createHash } from 'node:crypto';
import type { TrainingStore } from '../../dataset/trainingStore.ts';
import type { Params } from '../../explain/method.ts';
import type { MapChoice } from '../../shared/trainingProtocol.ts';
import type { KnownVersion } from './checkpoint.ts';

/** Raised with every change of what is kept: older ones are computed anew. */
const kinds = { logits: 'logits-1', maps: 'map-2', lastMask: 'mask-1', choices: 'choice-1', about: 'about-1' };

/** A request with its defaults filled in. */
export interface MapKey {
  method: string;
  variant: string;
  layer: string;
  params: Params;
}

/** A map of a probe, averaged, and where its evidence lies. */
export interface ProbeMap {
  height: number;
  width: number;
  /** [height,width]. */
  values: Float32Array;
  borderShare: number;
  borderPeak: boolean;
  /** NaN where there is no mask. */
  objectShare: number;
  objectArea: number;
  objectPeak: boolean;
}

/** Whose map: contents of the image and of its mask, class. */
export interface MapOf {
  image: string;
  mask: string | undefined;
  class: number;
}

type Request = MapChoice['request'];

/** What is kept of probes, of one version. Logits know neither names nor folders: who is right is worked out anew. */
export class KeptProbes {
  readonly #store: TrainingStore;
  readonly #version: string;

  constructor(store: TrainingStore, version: string) {
    this.#store = store;
    this.#version = version;
  }

  /** Logits [classes] by content of the image. */
  async logits(images: readonly string[]): Promise<(Float32Array | undefined)[]> {
    return (await this.#store.getAll(kinds.logits, this.#version, images)).map((bytes) => bytes && floats(bytes));
  }

  async keepLogits(all: readonly { image: string; logits: Float32Array }[]): Promise<void> {
    const items = all.map(({ image, logits }) => ({ key: image, value: bytesOf(logits) }));
    await this.#store.putAll(kinds.logits, this.#version, items);
  }

  async maps(key: MapKey, of: readonly MapOf[]): Promise<(ProbeMap | undefined)[]> {
    const keys = of.map((each) => mapKey(key, each));
    return (await this.#store.getAll(kinds.maps, this.#version, keys)).map((bytes) => bytes && unpacked(floats(bytes)));
  }

  async keepMaps(key: MapKey, all: readonly { of: MapOf; map: ProbeMap }[]): Promise<void> {
    const items = all.map(({ of, map }) => ({ key: mapKey(key, of), value: bytesOf(packed(map)) }));
    await this.#store.putAll(kinds.maps, this.#version, items);
    const masked = all.filter(({ of }) => of.mask !== undefined);
    const last = masked.map(({ of }) => ({ key: mapKey(key, { ...of, mask: undefined }), value: Buffer.from(of.mask as string) }));
    await this.#store.putAll(kinds.lastMask, this.#version, last);
  }

  /** The same, each with the mask that it was measured with last. */
  async lastMaps(key: MapKey, of: readonly Omit<MapOf, 'mask'>[]): Promise<(ProbeMap | undefined)[]> {
    const without = of.map((each): MapOf => ({ ...each, mask: undefined }));
    const keys = without.map((each) => mapKey(key, each));
    const masks = await this.#store.getAll(kinds.lastMask, this.#version, keys);
    const measured = without.map((each, i) => ({ ...each, mask: masks[i] && Buffer.from(masks[i]).toString() }));
    const found = await this.maps(key, measured);
    const others = await this.maps(key, without);
    return found.map((map, i) => map ?? others[i]);
  }

  /** What a request came to with this version's default layer. */
  async choice(request: Request): Promise<MapKey | undefined> {
    return json<MapKey>(await this.#store.get(kinds.choices, this.#version, askedKey(request)));
  }

  async keepChoice(request: Request, key: MapKey): Promise<void> {
    const value = Buffer.from(JSON.stringify(key));
    // Who chooses by hand what is the default finds it as well.
    const asked = new Set(
      [request, { ...request, layer: key.layer }, { ...request, layer: key.layer, variant: key.variant }, key].map(askedKey),
    );
    const items = [...asked].map((each) => ({ key: each, value }));
    await this.#store.putAll(kinds.choices, this.#version, items);
  }

  async about(): Promise<KnownVersion | undefined> {
    return json<KnownVersion>(await this.#store.get(kinds.about, this.#version, ''));
  }

  async keepAbout(version: KnownVersion): Promise<void> {
    await this.#store.put(kinds.about, this.#version, '', Buffer.from(JSON.stringify(version)));
  }
}

function json<T>(bytes: Uint8Array | undefined): T | undefined {
  return bytes && (JSON.parse(Buffer.from(bytes).toString()) as T);
}

function askedKey({ method, variant = '', layer = '', params = {} }: Request): string {
  return JSON.stringify([method, variant, layer, sorted(params)]);
}

function sorted(params: Params): [string, number | string][] {
  return Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
}

function mapKey({ method, variant, layer, params }: MapKey, { image, mask = '', class: index }: MapOf): string {
  const text = JSON.stringify([method, variant, layer, sorted(params), image, mask, index]);
  return createHash('sha256').update(text).digest('hex');
}

const sizes = 7;

function packed({ height, width, values, borderShare, borderPeak, objectShare, objectArea, objectPeak }: ProbeMap): Float32Array {
  const out = new Float32Array(sizes + values.length);
  out.set([height, width, borderShare, Number(borderPeak), objectShare, objectArea, Number(objectPeak)]);
  out.set(values, sizes);
  return out;
}

/** Undefined: it is none of ours. */
function unpacked(all: Float32Array): ProbeMap | undefined {
  const [height = 0, width = 0, borderShare = 0, borderPeak, objectShare = 0, objectArea = 0, objectPeak] = all;
  if (all.length !== sizes + height * width) return undefined;
  const [onBorder, onObject] = [borderPeak === 1, objectPeak === 1];
  return { height, width, values: all.slice(sizes), borderShare, borderPeak: onBorder, objectShare, objectArea, objectPeak: onObject };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Of a copy: bytes may stand anywhere in a buffer. */
function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}
