import { isCorrect } from '../../../src/shared/spaceProtocol.ts';
import type { WholeSet } from '../../../src/shared/trainingProtocol.ts';

/**
 * What a run has learnt and forgotten up to a checkpoint, of each image. A forgetting event: right at one evaluated checkpoint, wrong at
 * the next.
 * @see Toneva et al., An Empirical Study of Example Forgetting during Deep Neural Network Learning, ICLR 2019
 */
export interface Memory {
  /** [images]: forgetting events. */
  events: Uint16Array;
  /** [images]: place in the run of the last checkpoint at which it was right; −1: none. */
  lastRight: Int16Array;
  /** [images]: 1: right now, 0: wrong now, −1: neither. */
  now: Int8Array;
}

const known = new WeakMap<WholeSet, { before: Memory | undefined; memory: Memory }>();

/** Up to and with the last of `wholes`, which are of the same images, in the order of the run. Each is looked at once. */
export function memoryAfter(wholes: readonly WholeSet[]): Memory | undefined {
  let memory: Memory | undefined;
  wholes.forEach((whole, place) => {
    const found = known.get(whole);
    const next: Memory = found && found.before === memory ? found.memory : remembered(memory, whole, place);
    known.set(whole, { before: memory, memory: next });
    memory = next;
  });
  return memory;
}

function remembered(before: Memory | undefined, whole: WholeSet, place: number): Memory {
  const count = whole.labels.length;
  const events = before ? before.events.slice() : new Uint16Array(count);
  const lastRight = before ? before.lastRight.slice() : new Int16Array(count).fill(-1);
  const now = new Int8Array(count);
  for (let row = 0; row < count; row++) {
    const right = isCorrect(whole, row);
    now[row] = right === undefined ? -1 : Number(right);
    if (right) lastRight[row] = place;
    else if (right === false && before?.now[row] === 1) events[row] = (events[row] as number) + 1;
  }
  return { events, lastRight, now };
}

export interface Forgotten {
  /** Rows that were right and are wrong now: those forgotten most often first, among equals those right last the longest ago. */
  rows: readonly number[];
  /** Images that were never right, and those that never became wrong again once they were right. */
  never: number;
  kept: number;
}

const told = new WeakMap<Memory, Forgotten>();

export function forgottenIn(memory: Memory): Forgotten {
  const found = told.get(memory) ?? counted(memory);
  told.set(memory, found);
  return found;
}

function counted({ events, lastRight, now }: Memory): Forgotten {
  const rows: number[] = [];
  let [never, kept] = [0, 0];
  for (let row = 0; row < now.length; row++) {
    if (now[row] === 1 && events[row] === 0) kept++;
    if (now[row] !== 0) continue;
    if ((lastRight[row] as number) < 0) never++;
    else rows.push(row);
  }
  const at = (of: Uint16Array | Int16Array, row: number) => of[row] as number;
  rows.sort((a, b) => at(events, b) - at(events, a) || at(lastRight, a) - at(lastRight, b) || a - b);
  return { rows, never, kept };
}
