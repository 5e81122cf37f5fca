/** What the host of the page about two checkpoints answers with: plain data, made in Node, sent to the browser as JSON. */
import type { ComparisonSubject } from '../../../src/shared/trainingProtocol.ts';
import type { TrainingScene } from '../training/scene.ts';

export interface ComparisonScene {
  training: TrainingScene;
  /** Places of the two in the run, from 0. */
  from: number;
  to: number;
  /** Those whose files are gone, by place. */
  gone: readonly number[];
  trouble: ComparisonSubject['trouble'];
  /** Probe, by place, that the page turns to. */
  image?: number;
}
