/** What the host of the units page answers with: plain data, made in Node, sent to the browser as JSON. */
import type { ErrorRecord } from '../../../src/shared/errors.ts';
import type { ModelInfo } from '../../../src/shared/protocol.ts';
import type { UnitLayer, UnitsSubject, VisualiserInfo } from '../../../src/shared/unitsProtocol.ts';

export interface UnitsScene {
  subject: Omit<UnitsSubject, 'generation'>;
  /** What the network is fed, [height, width]; pictures of the images come in this size. */
  input: readonly [number, number];
  labels: readonly string[];
  activation: ModelInfo['activation'];
  warnings: readonly ErrorRecord[];
  layers: readonly UnitLayer[];
  defaultLayer: string;
  visualisers: readonly VisualiserInfo[];
  /** Layers that the data set is collected for. */
  collected: readonly string[];
  /** Images that they are collected over, the first ones; default: all. */
  counts?: Readonly<Record<string, number>>;
  /** Collected images that are gone or changed. */
  gone?: number;
  /** So many of the last images cannot be read while collecting. */
  unreadable?: number;
  /** So many of them are known to be unreadable. */
  refused?: number;
  /** Paths of images that cannot be read when they are asked for by themselves. */
  broken?: readonly string[];
  /** Units at the upper end of their activation function, in every layer. */
  saturated?: readonly number[];
  /** Units that no image makes fire, in every layer. */
  dead: readonly number[];
  /** Units whose values in the data set are all 0, though other pictures make them fire. */
  neverSeen?: readonly number[];
  /** By path: what the network sees of an image, R G B of `input`'s size as base64, instead of a made-up picture. */
  photos?: Readonly<Record<string, string>>;
}
