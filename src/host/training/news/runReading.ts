import type { Checkpoint, ProbeFrames, WholeSet } from '../../../shared/trainingProtocol.ts';
import { type Alarm, accuracy, alarms, flips } from '../../../shared/trainingReading.ts';

/** A checkpoint with what was read of it. */
export interface ReadCheckpoint {
  checkpoint: Checkpoint;
  frames: ProbeFrames | undefined;
  whole: WholeSet | undefined;
}

/** What a checkpoint says, in short. */
export interface Facts {
  /** Share of right ones: of the data set where it was evaluated, else of the probes. Undefined: no true class is known, or nothing was read. */
  accuracy: { share: number; of: 'data set' | 'probes'; count: number } | undefined;
  /** Name of the checkpoint read before it, which flips are told against. */
  since: string | undefined;
  /** Absolute paths of images, the largest change of the true class's probability first. */
  becameWrong: readonly string[];
  becameRight: readonly string[];
  alarms: readonly Alarm[];
  /** Probes that the network has no finite answer for. */
  notFinite: number;
}

export const nothingRead: Facts = {
  ...{ accuracy: undefined, since: undefined, becameWrong: [], becameRight: [], alarms: [], notFinite: 0 },
};

/** What the checkpoints of a run say in short. Asked often, while most of it stays: only what is new is worked out. */
export class RunReading {
  readonly #read: () => readonly ReadCheckpoint[];
  #known: readonly ReadCheckpoint[] = [];
  #facts: ReadonlyMap<string, Facts> = new Map();
  readonly #flips = new WeakMap<ProbeFrames, { before: ProbeFrames; wrong: readonly string[]; right: readonly string[] }>();
  readonly #accuracies = new WeakMap<ProbeFrames, Facts['accuracy']>();

  /** `read`: in order of the run. */
  constructor(read: () => readonly ReadCheckpoint[]) {
    this.#read = read;
  }

  of(checkpoint: string): Facts {
    return this.all().get(checkpoint) ?? nothingRead;
  }

  /** By checkpoint id; of all whose probes or data set were read. */
  all(): ReadonlyMap<string, Facts> {
    const read = this.#read().filter(({ frames, whole }) => frames || whole);
    if (!isSame(read, this.#known)) {
      this.#known = read;
      this.#facts = this.#workOut(read);
    }
    return this.#facts;
  }

  #workOut(read: readonly ReadCheckpoint[]): ReadonlyMap<string, Facts> {
    const probed = read.flatMap(({ checkpoint, frames }) => (frames ? [{ checkpoint: checkpoint.id, name: checkpoint.name, frames }] : []));
    const alarmsOf = alarms(probed);
    const place = new Map(probed.map(({ checkpoint }, i) => [checkpoint, i]));
    return new Map(
      read.map(({ checkpoint: { id }, frames, whole }): [string, Facts] => {
        const before = probed[(place.get(id) ?? 0) - 1];
        const turned = frames && before ? this.#flipsOf(before.frames, frames) : undefined;
        const facts: Facts = {
          accuracy: (whole && accuracyOf(whole)) ?? (frames && this.#accuracyOf(frames)),
          since: turned && before?.name,
          ...{ becameWrong: turned?.wrong ?? [], becameRight: turned?.right ?? [], alarms: alarmsOf.get(id) ?? [] },
          notFinite: frames?.errors.filter(({ error }) => error.code === 'weights').length ?? 0,
        };
        return [id, facts];
      }),
    );
  }

  #flipsOf(before: ProbeFrames, now: ProbeFrames): { wrong: readonly string[]; right: readonly string[] } {
    const known = this.#flips.get(now);
    if (known?.before === before) return known;
    const { becameWrong, becameRight } = flips(before, now);
    const image = (row: number) => now.images[row] as string;
    const made = { before, wrong: becameWrong.map(image), right: becameRight.map(image) };
    this.#flips.set(now, made);
    return made;
  }

  #accuracyOf(frames: ProbeFrames): Facts['accuracy'] {
    if (!this.#accuracies.has(frames)) {
      const share = accuracy(frames);
      const count = frames.truth.filter((truth, row) => truth >= 0 && (frames.predicted[row] as number) >= 0).length;
      this.#accuracies.set(frames, Number.isNaN(share) ? undefined : { share, of: 'probes', count });
    }
    return this.#accuracies.get(frames);
  }
}

function accuracyOf({ accuracy: share, labels }: WholeSet): Facts['accuracy'] {
  return Number.isNaN(share) ? undefined : { share, of: 'data set', count: labels.filter((label) => label >= 0).length };
}

function isSame(a: readonly ReadCheckpoint[], b: readonly ReadCheckpoint[]): boolean {
  const same = (one: ReadCheckpoint, other: ReadCheckpoint | undefined) =>
    one.checkpoint.id === other?.checkpoint.id &&
    one.checkpoint.name === other.checkpoint.name &&
    one.frames === other.frames &&
    one.whole === other.whole;
  return a.length === b.length && a.every((each, i) => same(each, b[i]));
}
