import { isAbort, ModelError, toErrorRecord } from '../../shared/errors.ts';
import type { Checkpoint, MapChoice, Probe, ProbeFrames, Reading, WholeSet } from '../../shared/trainingProtocol.ts';
import type { EngineClient } from '../engineClient.ts';
import type { CheckpointFile, FoundRun } from './checkpointFile.ts';
import { DutyCycle } from './dutyCycle.ts';

/** The data set that is evaluated at each checkpoint. */
export interface EvaluatedSet {
  images: readonly string[];
  roots: readonly string[];
  labelFile?: string;
}

/** What is asked of every checkpoint. */
export interface Asked {
  probes: readonly Probe[];
  masks: Readonly<Record<string, string>>;
  choice: MapChoice;
  /** Undefined: the data set is not evaluated. */
  set: EvaluatedSet | undefined;
}

/** What is remembered of a run over reloads: a file that was overwritten cannot be read again. */
export type KeptCheckpoint = Pick<Checkpoint, 'id' | 'name' | 'at' | 'path' | 'modified' | 'bytes' | 'pinned'> & { version: string };

interface DeskOptions {
  engine: Pick<EngineClient, 'call'>;
  /** Folder that results are kept in. */
  store: string;
  /** Share of the time that may be worked, 0..1; what is newest does not wait. */
  budget(): number;
  /** Something of the run or its checkpoints is another now. */
  changed(): void;
  gotFrames(checkpoint: string, frames: ProbeFrames): void;
  gotWhole(checkpoint: string, whole: WholeSet): void;
  keep(kept: readonly KeptCheckpoint[]): void;
  /**
   * Whether the files of a checkpoint have stayed what they were when they were found complete. What was read of others may be of two
   * versions, though each file by itself was read unchanged. Where they have not, `files` was told of them before the answer.
   */
  isStill?(file: CheckpointFile): Promise<boolean>;
}

interface Entry {
  checkpoint: Checkpoint;
  /** Undefined: its files are gone. */
  file: CheckpointFile | undefined;
  /** Of what was asked last, of the files with this stamp. */
  frames: { of: ProbeFrames; stamp: string; question: number } | undefined;
  whole: { of: WholeSet; stamp: string; question: number } | undefined;
  /** The files that could not be used, as they were then. */
  failed: string | undefined;
}

interface Job {
  kind: 'frames' | 'whole';
  entry: Entry;
  abort: AbortController;
}

/**
 * Goes over the checkpoints of one run: probes before the whole data set, the newest first, one job at a time, and only while somebody
 * looks. A newer checkpoint ends the work on an older one. What was read of a checkpoint stays until there is something newer to show.
 */
export class Desk {
  readonly #options: DeskOptions;
  readonly #duty = new DutyCycle();
  #entries: Entry[] = [];
  #asked: Asked | undefined;
  /** Raised when probes or choice, and when the set is another. */
  #question = { frames: 0, whole: 0 };
  #job: Job | undefined;
  #pause: NodeJS.Timeout | undefined;
  #awake = false;
  readonly run: FoundRun;

  constructor(run: FoundRun, kept: readonly KeptCheckpoint[], options: DeskOptions) {
    this.run = run;
    this.#options = options;
    this.#entries = kept.map(
      (each): Entry => ({
        checkpoint: { ...each, reading: { state: 'waiting' }, gone: true },
        ...{ file: undefined, frames: undefined, whole: undefined, failed: undefined },
      }),
    );
  }

  /** In order of `at`. */
  get checkpoints(): readonly Checkpoint[] {
    return this.#entries.map(({ checkpoint }) => checkpoint);
  }

  framesOf(id: string): ProbeFrames | undefined {
    return this.#find(id)?.frames?.of;
  }

  wholeOf(id: string): WholeSet | undefined {
    return this.#find(id)?.whole?.of;
  }

  /** The newest checkpoint that was read. */
  get newest(): Checkpoint | undefined {
    return this.#entries.findLast(({ frames, checkpoint }) => frames && !checkpoint.gone)?.checkpoint;
  }

  /** What is on disk now. */
  files(files: readonly CheckpointFile[]): void {
    for (const file of files) this.#take(file);
    const there = new Set(files.map(({ path }) => path));
    for (const entry of this.#entries) if (entry.file && !there.has(entry.file.path)) this.#lose(entry);
    this.#entries = this.#entries.filter(({ checkpoint, frames, whole }) => !checkpoint.gone || frames || whole || checkpoint.version);
    this.#entries.sort((a, b) => a.checkpoint.at - b.checkpoint.at || a.checkpoint.modified - b.checkpoint.modified);
    this.#settleReadings();
    this.#look();
  }

  /** Other probes, other maps, another set: frames and wholes of before are no longer told of. */
  ask(asked: Asked): void {
    const [before, now] = [this.#asked, asked];
    const frames = (of: Asked | undefined) => of && JSON.stringify([of.probes.map(({ path }) => path), of.masks, of.choice]);
    const whole = (of: Asked | undefined) => JSON.stringify(of?.set);
    this.#asked = asked;
    if (frames(before) !== frames(now)) this.#anew('frames');
    if (whole(before) !== whole(now)) this.#anew('whole');
    this.#look();
  }

  /** Somebody looks, and has not paused it. */
  setAwake(awake: boolean): void {
    this.#awake = awake;
    if (!awake) this.#stop();
    this.#look();
  }

  retry(id: string): void {
    const entry = this.#find(id);
    if (!entry) return;
    entry.failed = undefined;
    this.#settleReadings();
    this.#look();
  }

  /** Everything that was read of it is forgotten, here and in the store; it is read again when its turn comes. */
  async forget(id: string): Promise<void> {
    const entry = this.#find(id);
    if (!entry) return;
    const { version } = entry.checkpoint;
    if (this.#job?.entry === entry) this.#stop();
    Object.assign(entry, { frames: undefined, whole: undefined, failed: undefined });
    this.#set(entry, { version: undefined });
    if (entry.checkpoint.gone) this.#entries = this.#entries.filter((each) => each !== entry);
    if (version !== undefined) await this.#options.engine.call('forgetVersion', { store: this.#options.store, version });
    this.#keep();
    this.#settleReadings();
    this.#look();
  }

  setPinned(id: string, pinned: boolean): void {
    const entry = this.#find(id);
    if (!entry) return;
    this.#set(entry, { pinned });
    this.#keep();
    this.#options.changed();
  }

  dispose(): void {
    this.#awake = false;
    this.#stop();
  }

  #find(id: string): Entry | undefined {
    return this.#entries.find(({ checkpoint }) => checkpoint.id === id);
  }

  #take(file: CheckpointFile): void {
    const { path, name, at, modified, bytes, stamp } = file;
    const known = this.#entries.find((entry) => entry.file?.path === path);
    if (!known) {
      this.#add(file);
    } else if (this.run.kind === 'file' && known.file?.stamp !== stamp && known.frames) {
      // Overwritten: what was read of the version before stays as a checkpoint of its own.
      this.#lose(known);
      this.#add(file);
    } else {
      if (known.file?.stamp !== stamp && this.#job?.entry === known) this.#stop();
      known.file = file;
      this.#set(known, { name: this.run.kind === 'file' ? known.checkpoint.name : name, modified, bytes });
      if (this.run.kind !== 'file') this.#set(known, { at });
    }
  }

  #add(file: CheckpointFile): void {
    const { path, modified, bytes } = file;
    const at = this.run.kind === 'file' ? Math.max(0, ...this.#entries.map(({ checkpoint }) => checkpoint.at)) + 1 : file.at;
    const id = this.run.kind === 'file' ? `${path}@${at}` : path;
    const name = this.run.kind === 'file' ? `${file.name} #${at}` : file.name;
    const reading: Reading = { state: 'waiting' };
    const kept = this.#entries.find(({ checkpoint }) => checkpoint.id === id)?.checkpoint;
    const checkpoint: Checkpoint = {
      ...{ id, name, at, path, modified, bytes, reading, gone: false },
      ...{ version: undefined, pinned: kept?.pinned ?? false },
    };
    this.#entries = this.#entries.filter((each) => each.checkpoint.id !== id);
    this.#entries.push({ checkpoint, file, frames: undefined, whole: undefined, failed: undefined });
  }

  #lose(entry: Entry): void {
    if (this.#job?.entry === entry) this.#stop();
    entry.file = undefined;
    this.#set(entry, { gone: true });
  }

  #anew(kind: 'frames' | 'whole'): void {
    this.#question[kind]++;
    if (this.#job?.kind === kind) this.#stop();
    for (const entry of this.#entries) {
      entry[kind] = undefined;
      entry.failed = undefined;
    }
    this.#settleReadings();
  }

  /** Says of every checkpoint how far it is. */
  #settleReadings(): void {
    for (const entry of this.#entries) {
      const { file, failed, checkpoint } = entry;
      if (this.#job?.entry === entry) continue;
      if (file && !file.complete) this.#set(entry, { reading: { state: 'incomplete', why: file.why ?? 'It is being written.' } });
      else if (file && failed === file.stamp && checkpoint.reading.state === 'failed') continue;
      else this.#set(entry, { reading: { state: this.#lacks(entry) ? 'waiting' : 'done' } });
    }
    this.#options.changed();
  }

  /** What is to be done for it next. */
  #lacks(entry: Entry): Job['kind'] | undefined {
    const { file, frames, whole, failed, checkpoint } = entry;
    if (!this.#asked) return undefined;
    if (!file) return checkpoint.version !== undefined && frames?.question !== this.#question.frames && !failed ? 'frames' : undefined;
    if (!file.complete || failed === file.stamp) return undefined;
    if (frames?.question !== this.#question.frames || frames.stamp !== file.stamp)
      return this.#asked.probes.length > 0 ? 'frames' : undefined;
    if (!this.#asked.set) return undefined;
    return whole?.question !== this.#question.whole || whole.stamp !== file.stamp ? 'whole' : undefined;
  }

  /** Probes of the newest, of the others, then the whole set; pinned ones before others. */
  #next(): { kind: Job['kind']; entry: Entry } | undefined {
    const order = [...this.#entries].reverse();
    const newest = order.find(({ checkpoint }) => !checkpoint.gone);
    const urgency = (entry: Entry) => (entry === newest ? 0 : entry.checkpoint.pinned ? 1 : 2);
    const jobs = order.flatMap((entry) => {
      const kind = this.#lacks(entry);
      return kind ? [{ kind, entry }] : [];
    });
    const rank = ({ kind, entry }: (typeof jobs)[number]) => (kind === 'frames' ? 0 : 10) + urgency(entry);
    return jobs.sort((a, b) => rank(a) - rank(b))[0];
  }

  #look(): void {
    clearTimeout(this.#pause);
    if (!this.#awake) return;
    const next = this.#next();
    if (!next) return;
    const isNewest = next.entry === this.#entries.findLast(({ checkpoint }) => !checkpoint.gone) && next.kind === 'frames';
    if (this.#job) {
      // The newest checkpoint wins.
      if (!isNewest || this.#job.entry === next.entry) return;
      this.#stop();
    }
    const wait = isNewest ? 0 : this.#duty.wait(this.#options.budget());
    if (wait > 0) this.#pause = setTimeout(() => this.#look(), wait);
    else void this.#work(next.kind, next.entry);
  }

  #stop(): void {
    clearTimeout(this.#pause);
    const job = this.#job;
    this.#job = undefined;
    job?.abort.abort();
    if (job) this.#settleReadings();
  }

  async #work(kind: Job['kind'], entry: Entry): Promise<void> {
    const job: Job = { kind, entry, abort: new AbortController() };
    this.#job = job;
    const question = this.#question[kind];
    const { file } = entry;
    const stamp = file?.stamp ?? '';
    const isOn = () => this.#job === job;
    const began = performance.now();
    try {
      this.#tell(job, { done: 0, total: 0 });
      const done = await (kind === 'frames' ? this.#frames(job) : this.#whole(job));
      if (!isOn()) return;
      const isStill = await this.#isStill(file);
      if (!isOn()) return;
      if (!isStill) throw new ModelError('file-changed', 'The checkpoint was written to while it was read.');
      if (kind === 'frames') this.#gotFrames(entry, done as ProbeFrames | undefined, stamp, question);
      else this.#gotWhole(entry, done as WholeSet, stamp, question);
      this.#set(entry, { reading: { state: 'done' } });
    } catch (error) {
      if (!isOn()) return;
      // Written to meanwhile: the next look at the disk tells. What is wrong with files that are no more is not told.
      const record = toErrorRecord(error);
      const isStill = isAbort(error) || (await this.#isStill(file));
      if (!isOn()) return;
      if (isAbort(error) || !isStill || record.code === 'file-changed') this.#set(entry, { reading: { state: 'waiting' } });
      else {
        entry.failed = stamp;
        this.#set(entry, { reading: { state: 'failed', error: record } });
      }
    } finally {
      this.#duty.worked(performance.now() - began);
      if (isOn()) {
        this.#job = undefined;
        this.#settleReadings();
        this.#look();
      }
    }
  }

  async #isStill(file: CheckpointFile | undefined): Promise<boolean> {
    return !file || ((await this.#options.isStill?.(file)) ?? true);
  }

  async #frames(job: Job): Promise<ProbeFrames | undefined> {
    const { engine, store } = this.#options;
    const { probes, masks, choice } = this.#asked as Asked;
    const { path, version } = job.entry.checkpoint;
    const images = probes.map((probe) => probe.path);
    const { signal } = job.abort;
    if (!job.entry.file) {
      const { frames, whole } = await engine.call('recall', { store, version: version as string, images, choice }, { signal });
      if (whole) this.#gotWhole(job.entry, whole, '', this.#question.whole);
      return frames;
    }
    const onProgress = (progress: { done: number; total: number }) => this.#tell(job, progress);
    return await engine.call('probeFrames', { model: path, store, images, masks, choice }, { signal, onProgress });
  }

  async #whole(job: Job): Promise<WholeSet> {
    const { engine, store } = this.#options;
    const { set } = this.#asked as Asked;
    const { path } = job.entry.checkpoint;
    const before = this.#alignedTo(job.entry);
    return await engine.call(
      'wholeSet',
      { model: path, store, ...(set as EvaluatedSet), ...(before !== undefined && { before }) },
      { signal: job.abort.signal, onProgress: (progress) => this.#tell(job, progress) },
    );
  }

  /** The evaluated checkpoint before it, else the nearest one after it. */
  #alignedTo(entry: Entry): string | undefined {
    const at = this.#entries.indexOf(entry);
    const isThere = ({ whole }: Entry) => whole?.question === this.#question.whole;
    const near = this.#entries.slice(0, at).findLast(isThere) ?? this.#entries.slice(at + 1).find(isThere);
    return near?.whole?.of.version;
  }

  #gotFrames(entry: Entry, frames: ProbeFrames | undefined, stamp: string, question: number): void {
    if (!frames) {
      entry.failed = stamp;
      return;
    }
    entry.frames = { of: frames, stamp, question };
    this.#set(entry, { version: frames.version });
    this.#keep();
    this.#options.gotFrames(entry.checkpoint.id, frames);
  }

  #gotWhole(entry: Entry, whole: WholeSet, stamp: string, question: number): void {
    entry.whole = { of: whole, stamp, question };
    this.#options.gotWhole(entry.checkpoint.id, whole);
  }

  #tell(job: Job, { phase, done, total }: { phase?: string; done: number; total: number }): void {
    if (this.#job !== job) return;
    const what = phase ?? (job.kind === 'frames' ? 'probes' : 'data set');
    this.#set(job.entry, { reading: { state: 'running', what, done, total } });
    this.#options.changed();
  }

  #set(entry: Entry, patch: Partial<Checkpoint>): void {
    entry.checkpoint = { ...entry.checkpoint, ...patch };
  }

  #keep(): void {
    this.#options.keep(
      this.#entries.flatMap(({ checkpoint: { id, name, at, path, modified, bytes, pinned, version, gone } }) =>
        version !== undefined && (gone || pinned || this.run.kind === 'file')
          ? [{ id, name, at, path, modified, bytes, pinned, version }]
          : [],
      ),
    );
  }
}
