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
  /** Units that no image makes fire, in every layer. */
  dead: readonly number[];
  /** By path: what the network sees of an image, R G B of `input`'s size as base64, instead of a made-up picture. */
  photos?: Readonly<Record<string, string>>;
}
