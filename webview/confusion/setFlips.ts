import { isCorrect } from '../../src/shared/spaceProtocol.ts';
import type { WholeSet } from '../../src/shared/trainingProtocol.ts';

/** What a checkpoint says otherwise than one before it, of the same images. Rows. */
export interface SetFlips {
  /** The surest ones before come first: the network knew them. */
  becameWrong: readonly number[];
  /** The surest ones now come first. */
  becameRight: readonly number[];
  /** Wrong before and now, as another class. */
  stillWrong: number;
  /** Images that are right or wrong at both. */
  judged: number;
}

const known = new WeakMap<WholeSet, { before: WholeSet; flips: SetFlips }>();

export function setFlips(before: WholeSet, now: WholeSet): SetFlips {
  const found = known.get(now);
  if (found?.before === before) return found.flips;
  const flips = counted(before, now);
  known.set(now, { before, flips });
  return flips;
}

function counted(before: WholeSet, now: WholeSet): SetFlips {
  const becameWrong: number[] = [];
  const becameRight: number[] = [];
  let [stillWrong, judged] = [0, 0];
  for (let row = 0; row < now.labels.length; row++) {
    const [was, is] = [isCorrect(before, row), isCorrect(now, row)];
    if (was === undefined || is === undefined) continue;
    judged++;
    if (was && !is) becameWrong.push(row);
    else if (!was && is) becameRight.push(row);
    else if (!is && before.predicted[row] !== now.predicted[row]) stillWrong++;
  }
  const sure = ({ confidence }: WholeSet, row: number) => confidence[row] || 0;
  becameWrong.sort((a, b) => sure(before, b) - sure(before, a) || sure(now, b) - sure(now, a) || a - b);
  becameRight.sort((a, b) => sure(now, b) - sure(now, a) || a - b);
  return { becameWrong, becameRight, stillWrong, judged };
}
