import type { SpacePageCalls } from '../../../../src/shared/spaceProtocol.ts';
import type { SpaceTestHost } from '../host.ts';
import type { SpaceScene } from '../scene.ts';

/** What an answer is made from. */
export interface AnswerContext<Progress> {
  host: SpaceTestHost;
  scene: SpaceScene;
  signal: AbortSignal;
  progress(value: Progress): void;
  /**
   * Waits as long as the test wants the work to stand at the share `done` (0..1) of its steps; throws what a cancelled call
   * throws. Call it before each `progress`.
   */
  step(done: number): Promise<void>;
}

export type Answer<K extends keyof SpacePageCalls> = (
  params: SpacePageCalls[K]['params'],
  context: AnswerContext<SpacePageCalls[K]['progress']>,
) => SpacePageCalls[K]['result'] | Promise<SpacePageCalls[K]['result']>;

/** Answers to some calls. Runs in the browser: no imports from Node. Numbers must be repeatable (`made.ts`), and the same across calls. */
export type Answers = { [K in keyof SpacePageCalls]?: Answer<K> };
