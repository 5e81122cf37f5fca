import type { UnitsPageCalls } from '../../../../src/shared/unitsProtocol.ts';
import type { UnitsTestHost } from '../host.ts';
import type { UnitsScene } from '../scene.ts';

/** What an answer is made from. */
export interface AnswerContext<Progress> {
  host: UnitsTestHost;
  scene: UnitsScene;
  signal: AbortSignal;
  progress(value: Progress): void;
  /**
   * Waits as long as the test wants the work to stand at the share `done` (0..1) of its steps; throws what a cancelled call
   * throws. Call it before each `progress`.
   */
  step(done: number): Promise<void>;
}

export type Answer<K extends keyof UnitsPageCalls> = (
  params: UnitsPageCalls[K]['params'],
  context: AnswerContext<UnitsPageCalls[K]['progress']>,
) => UnitsPageCalls[K]['result'] | Promise<UnitsPageCalls[K]['result']>;

/**
 * Answers to some calls. Runs in the browser: no imports from Node. Numbers must be repeatable (`noise`), and the same
 * across calls: the map of a unit is `unitMapOf`, its picture `pictureOf`.
 */
export type Answers = { [K in keyof UnitsPageCalls]?: Answer<K> };
