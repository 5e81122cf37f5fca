import { basename } from 'node:path';
import type { CheckpointFile, RunFile } from '../runs/checkpointFile.ts';
import type { FileSet } from './fileSet.ts';
import type { Settling } from './settling.ts';

/** A file that is replaced is missing for a moment, ms. */
const replaced = 3_000;
const oftenLooked = 200;

/** One checkpoint that is looked after. Times are `performance.now()`. */
export class FollowedFile {
  file: RunFile;
  readonly set: FileSet;
  readonly #settling: Settling;
  /** Undefined: not looked at yet, or gone. */
  state: CheckpointFile | undefined;
  /** When it is to be looked at again; undefined: not before something happens. */
  due: number | undefined;
  /** Since when its file is missing. */
  #missing: number | undefined;

  constructor(file: RunFile, set: FileSet, settling: Settling) {
    this.file = file;
    this.set = set;
    this.#settling = settling;
  }

  get isNew(): boolean {
    return !this.state && this.#missing === undefined;
  }

  /** `there`: its file is, or was a moment ago. `written`: its files are others than at the last look. */
  async look(): Promise<{ there: boolean; written: boolean }> {
    const before = this.state;
    let look = await this.set.look();
    // Before anything counts as complete, a network drive is asked anew.
    if (look && !before?.complete && this.#settling.wouldSettle(look, performance.now())) look = await this.set.look(true);
    const now = performance.now();
    this.due = undefined;
    if (!look) return this.#lacks(now);
    this.#missing = undefined;
    const { complete, why, due, isAtRest } = this.#settling.look(look, now);
    if (due !== undefined) this.due = now + due;
    const { modified, bytes, stamp } = look;
    this.state = { ...this.file, modified, bytes, stamp, complete, why, ...(isAtRest && { isAtRest }) };
    return { there: true, written: before?.stamp !== stamp };
  }

  /** Its number may be counted by another word now. */
  renumber(file: RunFile): void {
    this.file = file;
    if (this.state) this.state = { ...this.state, ...file };
  }

  #lacks(now: number): { there: boolean; written: boolean } {
    this.#missing ??= now;
    const { state } = this;
    if (state && now - this.#missing < replaced) {
      this.due = now + oftenLooked;
      this.state = { ...state, stamp: '', complete: false, why: `${basename(this.file.path)} is not there.` };
      return { there: true, written: state.stamp !== '' };
    }
    this.#settling.forget();
    this.state = undefined;
    return { there: false, written: state !== undefined };
  }
}
