import { isModelPart } from '../../modelParts.ts';
import type { CheckpointFile, FoundRun } from '../runs/checkpointFile.ts';
import { Attention, concerns } from './attention.ts';
import { type Disk, realDisk } from './disk.ts';
import { FileSet } from './fileSet.ts';
import { FollowedFile } from './followedFile.ts';
import { inParallel } from './inParallel.ts';
import { RunFiles } from './runFiles.ts';
import { Settling } from './settling.ts';
import { WatchMemory } from './watchMemory.ts';

/** Looks after the files of one run. */
export interface RunWatch {
  /** Also looks at once. */
  start(): void;
  /** From now on the disk is left alone. */
  stop(): void;
  /** Whether all files of a checkpoint are what they were when it was told of. If not, what there is now has been told before this answers. */
  isStill(file: CheckpointFile): Promise<boolean>;
  dispose(): void;
}

/** Tells of paths in a folder, or at any depth below it, that something happened to. May throw, tell late, tell too much, or never tell. */
export type Hints = (folder: string, isDeep: boolean, touched: (path: string) => void) => { dispose(): void };

export interface WatchOptions {
  /** Undefined: there are none, and everything is asked for in turn. */
  hints?: Hints | undefined;
  disk?: Disk;
  memory?: WatchMemory;
}

/** A hint is acted on after so long, ms, since several come at once; and looks are at least so far apart. */
const gathered = 30;
const apart = 100;
/** Checkpoints asked about at once; looked at in each poll: so many of the newest, and so many of all in turn, at least a tenth. */
const atOnce = 8;
const newest = 3;
const inTurn = 16;
const turns = 10;

const never = Number.POSITIVE_INFINITY;
const longAgo = Number.NEGATIVE_INFINITY;

/** Watches the files of one run: hints say where to look, and polling finds what they miss. Times are `performance.now()`. */
export class RunWatcher implements RunWatch {
  readonly #run: FoundRun;
  readonly #told: (files: readonly CheckpointFile[]) => void;
  readonly #hints: Hints | undefined;
  readonly #disk: Disk;
  readonly #memory: WatchMemory;
  readonly #files: RunFiles;
  /** By path. */
  readonly #followed = new Map<string, FollowedFile>();
  #subscription: { dispose(): void } | undefined;
  #isStarted = false;
  /** Raised by every start and stop: looks of before end. */
  #session = 0;
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = never;
  #lookedAt = longAgo;
  #polledAt = longAgo;
  #wantsAll = true;
  readonly #attention = new Attention();
  /** Where the next poll's turn begins. */
  #turn = 0;
  /** What was told last. */
  #last: string | undefined;

  constructor(run: FoundRun, told: (files: readonly CheckpointFile[]) => void, options: WatchOptions = {}) {
    this.#run = run;
    this.#told = told;
    this.#hints = options.hints;
    this.#disk = options.disk ?? realDisk;
    this.#memory = options.memory ?? new WatchMemory();
    this.#files = new RunFiles(run);
  }

  start(): void {
    if (!this.#isStarted) {
      this.#isStarted = true;
      this.#session++;
      this.#wantsAll = true;
      this.#subscribe();
    }
    this.#polledAt = longAgo;
    this.#plan(0);
  }

  stop(): void {
    this.#isStarted = false;
    this.#session++;
    clearTimeout(this.#timer);
    this.#timerAt = never;
    this.#subscription?.dispose();
    this.#subscription = undefined;
  }

  dispose(): void {
    this.stop();
  }

  async isStill({ path, stamp }: CheckpointFile): Promise<boolean> {
    const followed = this.#followed.get(path);
    if (!this.#isStarted || !followed) return false;
    if ((await followed.set.stampNow()) === stamp) return true;
    // A look that is under way may have passed it.
    await this.#looking;
    this.#attention.touch(this.#files.nameOf(path));
    await this.#look();
    return false;
  }

  #subscribe(): void {
    try {
      const isDeep = this.#run.kind === 'file' || this.#files.areFolders;
      this.#subscription = this.#hints?.(this.#run.folder, isDeep, (path) => {
        const name = this.#nameOfHint(path);
        if (name === undefined) return;
        const now = performance.now();
        this.#attention.hint(name, now);
        this.#plan(Math.max(gathered, this.#lookedAt + apart - now));
      });
    } catch {
      // Too many watchers, a folder that cannot be watched: polling does it alone.
    }
  }

  /** Name in the folder that a hint is about; undefined: none of the run's. */
  #nameOfHint(path: string): string | undefined {
    const { kind, files } = this.#run;
    const [model] = files;
    if (kind === 'file') return model && isModelPart(model.path, path) ? this.#files.nameOf(model.path) : undefined;
    const name = this.#files.nameOf(path);
    const isOurs = () => this.#files.files.some((file) => concerns(name, this.#files.nameOf(file.path)));
    return !this.#files.knows(name) || isOurs() ? name : undefined;
  }

  /** The next look is in so many ms, or sooner. */
  #plan(ms: number): void {
    const at = performance.now() + ms;
    if (!this.#isStarted || at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timerAt = never;
      void this.#look();
    }, ms);
  }

  /** Never two at once. */
  async #look(): Promise<void> {
    while (this.#looking) await this.#looking;
    if (!this.#isStarted) return;
    this.#looking = this.#lookOnce(this.#session);
    await this.#looking.finally(() => (this.#looking = undefined));
    const now = performance.now();
    const due = [...this.#followed.values()].map((each) => each.due ?? never);
    const next = this.#attention.isWanted ? now + apart : Math.min(this.#polledAt + this.#attention.pause, ...due);
    this.#plan(Math.max(0, next - now));
  }

  async #lookOnce(session: number): Promise<void> {
    const isOn = () => session === this.#session;
    const now = performance.now();
    const isPoll = now - this.#polledAt >= this.#attention.pause;
    const touched = this.#attention.take();
    this.#lookedAt = now;
    if (isPoll) this.#polledAt = now;
    const vanished = isPoll || touched.length > 0 ? await this.#list() : [];
    if (!isOn()) return;
    const chosen = this.#wantsAll ? [...this.#followed.values()] : this.#chosen([...touched, ...vanished], isPoll, now);
    await inParallel(chosen, atOnce, async (each) => {
      if (isOn()) await this.#lookAt(each);
    });
    if (!isOn()) return;
    this.#wantsAll = false;
    this.#tell();
  }

  /** Takes new files in; the names that are no longer there. */
  async #list(): Promise<string[]> {
    // A folder that cannot be listed says nothing of its files.
    const names = this.#run.kind === 'file' ? [] : await this.#disk.list(this.#run.folder).catch(() => []);
    this.#files.take(names);
    for (const file of this.#files.files) this.#follow(file);
    const there = new Set(names);
    return this.#files.files.map(({ path }) => this.#files.nameOf(path)).filter((name) => !there.has(name));
  }

  #follow(file: FollowedFile['file']): void {
    const known = this.#followed.get(file.path);
    if (known && known.file.at !== file.at) known.renumber(file);
    if (known) return;
    const { set, settling } = this.#memory.of(this.#run.id, file.path, (pace) => ({
      set: new FileSet(file.path, this.#disk),
      settling: new Settling(pace),
    }));
    this.#followed.set(file.path, new FollowedFile(file, set, settling));
  }

  /** Those that something happened to, whose time has come, and in a poll the newest and some of the others. `touched`: names in the folder. */
  #chosen(touched: readonly string[], isPoll: boolean, now: number): FollowedFile[] {
    const all = [...this.#followed.values()];
    const polledNow = new Set(isPoll ? this.#polled(all) : []);
    return all.filter((each) => {
      const name = this.#files.nameOf(each.file.path);
      return each.isNew || (each.due ?? never) <= now || polledNow.has(each) || touched.some((other) => concerns(other, name));
    });
  }

  /** Those with the highest numbers, those written last, and some of all in turn. */
  #polled(all: readonly FollowedFile[]): FollowedFile[] {
    const byNumber = [...all].sort((a, b) => b.file.at - a.file.at).slice(0, newest);
    const byTime = [...all].sort((a, b) => (b.state?.modified ?? 0) - (a.state?.modified ?? 0)).slice(0, newest);
    const from = this.#turn < all.length ? this.#turn : 0;
    this.#turn = from + Math.max(inTurn, Math.ceil(all.length / turns));
    return [...byNumber, ...byTime, ...all.slice(from, this.#turn)];
  }

  async #lookAt(followed: FollowedFile): Promise<void> {
    const { there, written } = await followed.look();
    if (written && this.#last !== undefined) this.#attention.found(this.#files.nameOf(followed.file.path), performance.now());
    if (there || this.#run.kind === 'file') return;
    this.#followed.delete(followed.file.path);
    this.#files.drop(followed.file.path);
  }

  #tell(): void {
    const files = [...this.#followed.values()].flatMap(({ state }) => state ?? []);
    files.sort((a, b) => a.at - b.at || (a.path < b.path ? -1 : 1));
    const text = JSON.stringify(files);
    if (text === this.#last) return;
    this.#last = text;
    this.#told(files);
  }
}
