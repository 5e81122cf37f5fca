import { visualisers } from '../../../src/inspect/visualise/index.ts';
import type { UnitsSubject } from '../../../src/shared/unitsProtocol.ts';
import type { UnitsScene } from './scene.ts';
import { tinyScene } from './scenes.ts';

/** The small CNN turned to its visualisations, with the extension's own methods; wider than high, so that the two are told apart. */
export function visualiseScene(turn: UnitsSubject['turn'] = {}): UnitsScene {
  const scene = tinyScene();
  return {
    ...scene,
    subject: { ...scene.subject, turn: { view: 'visualise', ...turn } },
    input: [48, 64],
    visualisers: visualisers.map(({ info }) => info),
  };
}
