/** What the host of the page about the feature space answers with: plain data, made in Node, sent to the browser as JSON. */
import type { ErrorRecord } from '../../../src/shared/errors.ts';
import type { MethodInfo, ModelInfo } from '../../../src/shared/protocol.ts';
import type { FeatureLayer, LabelSource, LayoutInfo, SpaceSubject } from '../../../src/shared/spaceProtocol.ts';

export interface SpaceScene {
  subject: Omit<SpaceSubject, 'generation'>;
  labels: readonly string[];
  activation: ModelInfo['activation'];
  warnings: readonly ErrorRecord[];
  layers: readonly FeatureLayer[];
  defaultLayer: string;
  layouts: readonly LayoutInfo[];
  methods: readonly MethodInfo[];
  /** Images of the data set; those indexed when the page opens, the first ones. */
  images: number;
  indexed: number;
  /** So many of the last images cannot be read. */
  unreadable: number;
  labelSource: LabelSource;
  /** Share of the images whose predicted class is another one than their label, and of those whose label is wrong. */
  mistaken: number;
  mislabelled: number;
  rowWarnings: readonly ErrorRecord[];
  /** Rows whose explanation fails. */
  unexplained?: readonly number[];
}
