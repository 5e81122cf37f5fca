import type { Agreement } from '../../../../src/shared/spaceProtocol.ts';
import { noise } from '../../units/made.ts';
import { truthOf } from '../made.ts';
import type { SpaceScene } from '../scene.ts';
import type { Answers } from './answer.ts';

export const mistakesAnswers: Answers = {
  agreement: async ({ revision, k, metric }, { host, scene, step, progress }) => {
    const rows = host.rowsNamed(revision);
    for (let done = 0; done < 1; done += 0.25) {
      await step(done);
      progress({ done });
    }
    return { revision, k, metric, ...agreementOf(scene, rows.labels), pixelPurity: 0.38 };
  },
};

/** Neighbours are of the same truth, but for some: those of a wrong label have another one. */
export function agreementOf(scene: SpaceScene, labels: Int32Array): Pick<Agreement, 'share' | 'majority' | 'purity'> {
  const share = new Float32Array(labels.length);
  const majority = new Int32Array(labels.length).fill(-1);
  let [sum, count] = [0, 0];
  labels.forEach((label, row) => {
    if (label < 0) {
      share[row] = Number.NaN;
      return;
    }
    const truth = truthOf(scene, row);
    share[row] = label === truth ? 0.7 + Math.floor(4 * noise('agree', row)) / 10 : Math.floor(4 * noise('agree', row)) / 10;
    majority[row] = truth;
    sum += share[row] as number;
    count++;
  });
  return { share, majority, purity: sum / count };
}
