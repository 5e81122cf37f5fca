import type { SetLook } from './fileSet.ts';

/** Nothing may be written for so long before a checkpoint counts as complete, ms. */
const shortest = 700;
/** The same where some files are new and others are still those of before: the others are probably still to come. */
const longest = 3_000;
/** A pause of a writer is waited for with so much to spare. */
const spare = 1.5;
/** Who writes nothing for longer, ms, has given up and begun again. */
const longestPause = 10_000;
/** A checkpoint that is written for so long without a pause is looked at so often, ms; later less. */
const oftenLooked = 200;
const seldomLooked = 2_000;
/** After so long, ms, a half-written checkpoint is said to be left. */
const leftAfter = 60_000;
/** Files of one save are written within so long of each other, ms, unless it pauses. */
const oneSave = 3_000;

/** How long the writer of a run pauses within one checkpoint, as far as it was seen. */
export class Pace {
  #longestPause = 0;

  /** Nothing was written for so long, and then the same checkpoint was written on. */
  paused(ms: number): void {
    if (ms <= longestPause) this.#longestPause = Math.max(this.#longestPause, ms);
  }

  /** So long nothing may be written before a checkpoint counts as complete, ms. */
  get window(): number {
    return Math.min(longest, Math.max(shortest, spare * this.#longestPause));
  }
}

export interface Verdict {
  complete: boolean;
  /** Why not, a sentence. */
  why: string | undefined;
  /** Another look is due in so many ms; undefined: not before something happens. */
  due: number | undefined;
  /** Everything is there and nothing was seen to be written: it is only looked at for a moment. */
  isAtRest?: boolean;
}

const settled: Verdict = { complete: true, why: undefined, due: undefined };

/**
 * When a checkpoint counts as complete: everything is there, and nothing was written for a while. Nothing is compared with the time of
 * day: the clock of a network drive is another one. `now` is monotonic, ms.
 */
export class Settling {
  readonly #pace: Pace;
  /** Stamps of the files, by path, that were complete last. */
  #accepted: ReadonlyMap<string, string> | undefined;
  #acceptedStamp: string | undefined;
  /** Files that stayed as they were when the checkpoint was written anew, the last time, and the last two times: a model.json, frozen weights. */
  #stayed: ReadonlySet<string> = new Set();
  #constant: ReadonlySet<string> = new Set();
  #stamp: string | undefined;
  /** When this stamp was seen first and last, and when by the clock on the wall. */
  #since = 0;
  #last = 0;
  #wall = new Date();
  #sawWriting = false;
  /** At the last look something was still to come. */
  #unfinished = false;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** `wall`: for people. */
  look(look: SetLook, now: number, wall = new Date()): Verdict {
    if (look.stamp === this.#acceptedStamp) {
      this.#stamp = look.stamp;
      this.#unfinished = false;
      return settled;
    }
    if (look.stamp !== this.#stamp) this.#changed(look, now, wall);
    this.#last = now;
    const kept = this.#kept(look);
    this.#unfinished = look.missing !== undefined || kept > 0;
    const quiet = now - this.#since;
    if (look.missing !== undefined) {
      const due = quiet < 10_000 ? oftenLooked : quiet < leftAfter ? seldomLooked : undefined;
      return { complete: false, why: quiet < leftAfter ? look.missing : `${look.missing} ${this.#left()}`, due };
    }
    const window = this.#window(look);
    if (quiet >= window) return this.#accept(look);
    const isAtRest = !this.#sawWriting && kept === 0;
    return { complete: false, why: this.#why(look, kept), due: Math.min(window - quiet, oftenLooked), ...(isAtRest && { isAtRest }) };
  }

  /** Whether a look at this would call it complete. */
  wouldSettle(look: SetLook, now: number): boolean {
    if (look.stamp === this.#acceptedStamp) return true;
    return look.stamp === this.#stamp && look.missing === undefined && now - this.#since >= this.#window(look);
  }

  /** The file is gone: what comes next under its name is a new one. */
  forget(): void {
    this.#accepted = undefined;
    this.#acceptedStamp = undefined;
    this.#stamp = undefined;
  }

  #changed({ stamp }: SetLook, now: number, wall: Date): void {
    // Only pauses within a checkpoint count: those between two are the training itself.
    if (this.#unfinished && this.#stamp !== undefined) this.#pace.paused(this.#last - this.#since);
    this.#sawWriting = this.#stamp !== undefined || this.#acceptedStamp !== undefined;
    this.#stamp = stamp;
    this.#since = now;
    this.#wall = wall;
  }

  #window(look: SetLook): number {
    return this.#kept(look) > 0 || this.#isSpread(look) ? longest : this.#pace.window;
  }

  /** How many files are still those that were complete last. */
  #kept({ files }: SetLook): number {
    return files.filter(({ path, stamp }) => this.#accepted?.get(path) === stamp && !this.#constant.has(path)).length;
  }

  /** At the first sight: some files are much older than others. */
  #isSpread({ files }: SetLook): boolean {
    if (this.#accepted) return false;
    const times = files.map(({ modified }) => modified);
    return Math.max(...times) - Math.min(...times) > oneSave;
  }

  #accept({ files, stamp }: SetLook): Verdict {
    const stayed = files.filter((file) => this.#accepted?.get(file.path) === file.stamp).map(({ path }) => path);
    this.#constant = new Set(stayed.filter((path) => this.#stayed.has(path)));
    this.#stayed = new Set(stayed);
    this.#accepted = new Map(files.map((file) => [file.path, file.stamp]));
    this.#acceptedStamp = stamp;
    this.#unfinished = false;
    return settled;
  }

  #why({ files }: SetLook, kept: number): string {
    const anew = files.filter(({ path, stamp }) => this.#accepted?.get(path) !== stamp).length;
    if (kept > 0) return `${anew} of ${files.length} files were written anew; the others may follow.`;
    return this.#sawWriting ? 'It was written to a moment ago.' : 'It may still be being written: it is looked at for a moment.';
  }

  #left(): string {
    const time = this.#wall.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
    return this.#sawWriting ? `Nothing was written since ${time}.` : `Nothing was written since Glassbox began to watch, at ${time}.`;
  }
}
