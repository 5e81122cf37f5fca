import type { Checkpoint, ProbeFrames, WholeSet } from '../../../shared/trainingProtocol.ts';
import type { CheckpointFile, FoundRun } from '../runs/checkpointFile.ts';

/** What is remembered of a checkpoint over reloads: one that was overwritten cannot be read again. */
export type KeptCheckpoint = Pick<Checkpoint, 'id' | 'name' | 'at' | 'path' | 'modified' | 'bytes' | 'pinned'> & { version: string };

/** What was read of a checkpoint. */
export interface Got<T> {
  of: T;
  /** Of the files that it was read of; `gone`: of none, it was looked up. */
  stamp: string;
  /** Number of the question that it answers. */
  question: number;
}

/** The stamp of a checkpoint without files. */
export const gone = 'gone';

export interface Entry {
  checkpoint: Checkpoint;
  /** Undefined: its files are gone. */
  file: CheckpointFile | undefined;
  frames: Got<ProbeFrames> | undefined;
  whole: Got<WholeSet> | undefined;
  /** Stamp of the files that could not be used. */
  failed: string | undefined;
  /** Stamp of the files at which the engine ended once: it may have been for another reason, and they are tried again. */
  crashed: string | undefined;
  /** Raised with every checkpoint that is written while it is watched; 0: it was there before. */
  arrived: number;
}

/** The checkpoints of a run: what was and is on disk, in order of their numbers. */
export class CheckpointList {
  readonly #kind: FoundRun['kind'];
  #entries: Entry[];
  #arrivals = 0;
  #isFirst = true;

  constructor({ kind }: Pick<FoundRun, 'kind'>, kept: readonly KeptCheckpoint[]) {
    this.#kind = kind;
    this.#entries = kept.map((each) => ({
      checkpoint: { ...each, reading: { state: 'waiting' }, gone: true },
      ...{ file: undefined, frames: undefined, whole: undefined, failed: undefined, crashed: undefined, arrived: 0 },
    }));
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  find(id: string): Entry | undefined {
    return this.#entries.find(({ checkpoint }) => checkpoint.id === id);
  }

  /** The one that was written last, as far as that is known: while it is watched, else by its number. */
  get newest(): Entry | undefined {
    const there = this.#entries.filter(({ file }) => file);
    const last = Math.max(0, ...there.map(({ arrived }) => arrived));
    return there.findLast(({ arrived }) => arrived === last);
  }

  /** What is on disk now; the entries whose files are others than before. */
  take(files: readonly CheckpointFile[]): Entry[] {
    const changed = files.flatMap((file) => this.#takeOne(file) ?? []);
    const there = new Set(files.map(({ path }) => path));
    for (const entry of this.#entries) {
      if (!entry.file || there.has(entry.file.path)) continue;
      lose(entry);
      changed.push(entry);
    }
    // Nothing is left of one that was never read.
    this.#entries = this.#entries.filter(({ checkpoint }) => !checkpoint.gone || checkpoint.version !== undefined);
    this.#entries.sort((a, b) => a.checkpoint.at - b.checkpoint.at || a.checkpoint.modified - b.checkpoint.modified);
    this.#isFirst = false;
    return changed;
  }

  drop(entry: Entry): void {
    this.#entries = this.#entries.filter((each) => each !== entry);
  }

  /**
   * What was read of an overwritten file is a version that is known already: the same file as before a reload, or one that was written
   * again as it was. It takes the older one's place.
   */
  merge(entry: Entry, version: string): void {
    if (this.#kind !== 'file') return;
    const older = this.#entries.find((each) => each !== entry && !each.file && each.checkpoint.version === version);
    if (!older) return;
    this.drop(older);
    const { id, name, at, pinned } = older.checkpoint;
    entry.checkpoint = { ...entry.checkpoint, id, name, at, pinned };
    this.#entries.sort((a, b) => a.checkpoint.at - b.checkpoint.at);
  }

  /** What cannot be read again, or was marked by a person. */
  get kept(): KeptCheckpoint[] {
    return this.#entries.flatMap(({ checkpoint: { id, name, at, path, modified, bytes, pinned, version, gone: isGone } }) =>
      version !== undefined && (isGone || pinned || this.#kind === 'file')
        ? [{ id, name, at, path, modified, bytes, pinned, version }]
        : [],
    );
  }

  /** The entry, if its files are others now. */
  #takeOne(file: CheckpointFile): Entry | undefined {
    const { path, name, at, modified, bytes, stamp } = file;
    const known = this.#entries.find((entry) => entry.file?.path === path);
    if (!known) return this.#add(file);
    const isOther = known.file?.stamp !== stamp;
    if (isOther && this.#kind === 'file' && known.checkpoint.version !== undefined) {
      // What was read of the version before stays as a checkpoint of its own.
      lose(known);
      return this.#add(file);
    }
    known.file = file;
    if (isOther) known.arrived = ++this.#arrivals;
    const own = this.#kind === 'file' ? {} : { name, at };
    known.checkpoint = { ...known.checkpoint, ...own, modified, bytes };
    return isOther ? known : undefined;
  }

  #add(file: CheckpointFile): Entry {
    const { path, modified, bytes } = file;
    const at = this.#kind === 'file' ? Math.max(0, ...this.#entries.map(({ checkpoint }) => checkpoint.at)) + 1 : file.at;
    const [id, name] = this.#kind === 'file' ? [`${path}@${at}`, `${file.name} #${at}`] : [path, file.name];
    const before = this.find(id);
    const entry: Entry = {
      checkpoint: {
        ...{ id, name, at, path, modified, bytes, reading: { state: 'waiting' }, gone: false },
        ...{ version: undefined, pinned: before?.checkpoint.pinned ?? false },
      },
      ...{ file, frames: undefined, whole: undefined, failed: undefined, crashed: undefined },
      arrived: this.#isFirst ? 0 : ++this.#arrivals,
    };
    if (before) this.drop(before);
    this.#entries.push(entry);
    return entry;
  }
}

function lose(entry: Entry): void {
  entry.file = undefined;
  entry.failed = undefined;
  entry.checkpoint = { ...entry.checkpoint, gone: true };
}
