import { isAbort, ModelError, toErrorRecord } from '../../../shared/errors.ts';
import type { Checkpoint, MapChoice, Probe, ProbeFrames, Reading, WholeSet } from '../../../shared/trainingProtocol.ts';
import type { EngineClient } from '../../engineClient.ts';
import type { CheckpointFile, FoundRun } from '../runs/checkpointFile.ts';
import { CheckpointList, type Entry, gone, type KeptCheckpoint } from './checkpointList.ts';
import { DutyCycle } from './dutyCycle.ts';
import { isUrgent, type Kind, lacks, nextJob, type Questions } from './nextJob.ts';

/** The data set that is evaluated at each checkpoint. */
export interface EvaluatedSet {
  images: readonly string[];
  roots: readonly string[];
  labelFile?: string;
}

/** What is asked of every checkpoint. */
export interface Asked {
  probes: readonly Probe[];
  /** By image, where the object is. */
  masks: Readonly<Record<string, string>>;
  choice: MapChoice;
  /** Undefined: the data set is not evaluated. */
  set: EvaluatedSet | undefined;
}

export interface DeskOptions {
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

/** Number of no question. */
const outdated = -1;

interface Job {
  kind: Kind;
  entry: Entry;
  abort: AbortController;
}

/**
 * Goes over the checkpoints of one run: probes before the whole data set, the newest first, one job at a time, and only while somebody
 * looks. A newer checkpoint ends the work on an older one. What was read of a checkpoint stays until there is something newer to show.
 */
export class Desk {
  readonly run: FoundRun;
  readonly #options: DeskOptions;
  readonly #list: CheckpointList;
  readonly #duty = new DutyCycle();
  /** Checkpoints that somebody looks at besides the run, by who does. */
  readonly #wanted = new Map<object, readonly string[]>();
  #asked: Asked | undefined;
  /** Raised when probes or maps, and when the set is another. */
  readonly #question = { frames: 0, whole: 0 };
  #job: Job | undefined;
  #pause: NodeJS.Timeout | undefined;
  #awake = false;

  constructor(run: FoundRun, kept: readonly KeptCheckpoint[], options: DeskOptions) {
    this.run = run;
    this.#list = new CheckpointList(run, kept);
    this.#options = options;
  }

  /** In order of `at`. */
  get checkpoints(): readonly Checkpoint[] {
    return this.#list.entries.map(({ checkpoint }) => checkpoint);
  }

  framesOf(id: string): ProbeFrames | undefined {
    return this.#list.find(id)?.frames?.of;
  }

  wholeOf(id: string): WholeSet | undefined {
    return this.#list.find(id)?.whole?.of;
  }

  /** The last checkpoint that was read and can be read again. */
  get newest(): Checkpoint | undefined {
    return this.#list.entries.findLast(({ frames, file }) => frames && file)?.checkpoint;
  }

  /** What is on disk now. */
  files(files: readonly CheckpointFile[]): void {
    const changed = this.#list.take(files);
    if (this.#job && changed.includes(this.#job.entry)) this.#stop();
    if (changed.length > 0) this.#options.keep(this.#list.kept);
    this.#settleReadings();
    this.#look();
  }

  /** Other probes, other maps, another set. What was read stays until there is something newer to show; other maps do not go with it. */
  ask(asked: Asked): void {
    const before = this.#asked;
    this.#asked = asked;
    if (before && JSON.stringify(before.choice) !== JSON.stringify(asked.choice)) this.#dropFrames();
    if (!before || framesKey(before) !== framesKey(asked)) this.#anew('frames');
    if (!before || JSON.stringify(before.set) !== JSON.stringify(asked.set)) this.#anew('whole');
    this.#look();
  }

  /** What lies beside some model files has changed: what was read of them stays until there is something newer to show. */
  askAgain(isMeant: (path: string) => boolean): void {
    for (const entry of this.#list.entries) {
      const { file, frames, whole } = entry;
      if (!file || !isMeant(file.path)) continue;
      if (this.#job?.entry === entry) this.#stop();
      for (const got of [frames, whole]) if (got) got.question = outdated;
      entry.failed = undefined;
    }
    this.#settleReadings();
    this.#look();
  }

  /** These checkpoints, by their ids, come before others; none: no longer. */
  want(who: object, checkpoints: readonly string[]): void {
    if (checkpoints.length > 0) this.#wanted.set(who, checkpoints);
    else this.#wanted.delete(who);
    this.#look();
  }

  /** Somebody looks, and has not paused it. */
  setAwake(awake: boolean): void {
    this.#awake = awake;
    if (!awake) this.#stop();
    this.#look();
  }

  /** Reads again what could not be read. */
  retry(id: string): void {
    const entry = this.#list.find(id);
    if (!entry) return;
    entry.failed = undefined;
    this.#settleReadings();
    this.#look();
  }

  /** Everything that was read of it is forgotten, here and in the store; it is read again when its turn comes. */
  async forget(id: string): Promise<void> {
    const entry = this.#list.find(id);
    if (!entry) return;
    const { version } = entry.checkpoint;
    if (this.#job?.entry === entry) this.#stop();
    Object.assign(entry, { frames: undefined, whole: undefined, failed: undefined });
    set(entry, { version: undefined });
    if (!entry.file) this.#list.drop(entry);
    if (version !== undefined) await this.#options.engine.call('forgetVersion', { store: this.#options.store, version });
    this.#options.keep(this.#list.kept);
    this.#settleReadings();
    this.#look();
  }

  setPinned(id: string, pinned: boolean): void {
    const entry = this.#list.find(id);
    if (!entry) return;
    set(entry, { pinned });
    this.#options.keep(this.#list.kept);
    this.#options.changed();
  }

  dispose(): void {
    this.#awake = false;
    this.#stop();
  }

  #anew(kind: Kind): void {
    this.#question[kind]++;
    if (this.#job?.kind === kind) this.#stop();
    for (const entry of this.#list.entries) entry.failed = undefined;
    this.#settleReadings();
  }

  #dropFrames(): void {
    for (const entry of this.#list.entries) entry.frames = undefined;
  }

  /** Says of every checkpoint how far it is. */
  #settleReadings(): void {
    for (const entry of this.#list.entries) if (this.#job?.entry !== entry) set(entry, { reading: this.#readingOf(entry) });
    this.#options.changed();
  }

  #readingOf(entry: Entry): Reading {
    const { file, failed, checkpoint } = entry;
    // At the first look at a run nobody is known to write.
    if (file?.isAtRest && entry.arrived === 0) return { state: 'waiting' };
    if (file && !file.complete) return { state: 'incomplete', why: file.why ?? 'It is being written.' };
    if (failed !== undefined && failed === stampOf(entry) && checkpoint.reading.state === 'failed') return checkpoint.reading;
    return { state: lacks(entry, this.#questions) ? 'waiting' : 'done' };
  }

  get #questions(): Questions {
    const { probes, set } = this.#asked ?? { probes: [], set: undefined };
    return { frames: probes.length > 0 ? this.#question.frames : undefined, whole: set && this.#question.whole };
  }

  #isWanted(id: string): boolean {
    return [...this.#wanted.values()].some((ids) => ids.includes(id));
  }

  #look(): void {
    clearTimeout(this.#pause);
    const next = this.#awake ? nextJob(this.#list, this.#questions, (id) => this.#isWanted(id)) : undefined;
    if (!next) return;
    const urgent = isUrgent(next, this.#list);
    if (this.#job) {
      // The newest checkpoint wins.
      if (!urgent || (this.#job.entry === next.entry && this.#job.kind === next.kind)) return;
      this.#stop();
    }
    const isAwaited = urgent || this.#isWanted(next.entry.checkpoint.id);
    const wait = isAwaited ? 0 : this.#duty.wait(this.#options.budget());
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

  async #work(kind: Kind, entry: Entry): Promise<void> {
    const job: Job = { kind, entry, abort: new AbortController() };
    this.#job = job;
    const [question, stamp] = [this.#question[kind], stampOf(entry)];
    const isOn = () => this.#job === job;
    try {
      this.#tell(job, { done: 0, total: 0 });
      const got = await (kind === 'frames' ? this.#frames(job) : this.#whole(job));
      // As the engine counts: its start is not the work's.
      this.#duty.worked(got?.ms ?? 0);
      const isStill = isOn() && (await this.#isStill(entry.file));
      if (!isOn()) return;
      if (!isStill) throw new ModelError('file-changed', 'The checkpoint was written to while it was read.');
      if (!got) throw nothingKept(entry.checkpoint);
      if ('maps' in got) this.#gotFrames(entry, { of: got, stamp, question });
      else this.#gotWhole(entry, { of: got, stamp, question });
    } catch (error) {
      const isStill = isAbort(error) || (await this.#isStill(entry.file));
      if (!isOn()) return;
      // Written to meanwhile: the next look at the disk tells. What is wrong with files that are no more is not told.
      const record = toErrorRecord(error);
      const isInnocent = record.code === 'engine' && entry.crashed !== stamp;
      if (isInnocent) entry.crashed = stamp;
      if (isAbort(error) || !isStill || isInnocent || record.code === 'file-changed') set(entry, { reading: { state: 'waiting' } });
      else {
        entry.failed = stamp;
        set(entry, { reading: { state: 'failed', error: record } });
      }
    } finally {
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

  /** Undefined: nothing is kept of a checkpoint whose files are gone. */
  async #frames(job: Job): Promise<ProbeFrames | undefined> {
    const { engine, store } = this.#options;
    const { probes, masks, choice } = this.#asked as Asked;
    const { path, version } = job.entry.checkpoint;
    const images = probes.map((probe) => probe.path);
    const { signal } = job.abort;
    if (job.entry.file) {
      const onProgress = (progress: { done: number; total: number }) => this.#tell(job, progress);
      return await engine.call('probeFrames', { model: path, store, images, masks, choice }, { signal, onProgress });
    }
    const question = this.#question.whole;
    const { frames, whole } = await engine.call('recall', { store, version: version as string, images, choice }, { signal });
    if (whole && this.#job === job) this.#gotWhole(job.entry, { of: whole, stamp: gone, question });
    return frames;
  }

  async #whole(job: Job): Promise<WholeSet> {
    const { engine, store } = this.#options;
    const before = this.#alignedTo(job.entry);
    return await engine.call(
      'wholeSet',
      { model: job.entry.checkpoint.path, store, ...(this.#asked?.set as EvaluatedSet), ...(before !== undefined && { before }) },
      { signal: job.abort.signal, onProgress: (progress) => this.#tell(job, progress) },
    );
  }

  /** Version of the evaluated checkpoint before it, else of the nearest one after it. */
  #alignedTo(entry: Entry): string | undefined {
    const { entries } = this.#list;
    const at = entries.indexOf(entry);
    const isThere = ({ whole }: Entry) => whole?.question === this.#question.whole;
    const near = entries.slice(0, at).findLast(isThere) ?? entries.slice(at + 1).find(isThere);
    return near?.whole?.of.version;
  }

  #gotFrames(entry: Entry, frames: NonNullable<Entry['frames']>): void {
    const { version } = frames.of;
    this.#list.merge(entry, version);
    entry.frames = frames;
    set(entry, { version, reading: { state: 'done' } });
    this.#options.keep(this.#list.kept);
    this.#options.gotFrames(entry.checkpoint.id, frames.of);
  }

  #gotWhole(entry: Entry, whole: NonNullable<Entry['whole']>): void {
    entry.whole = whole;
    this.#options.gotWhole(entry.checkpoint.id, whole.of);
  }

  #tell(job: Job, { phase, done, total }: { phase?: string; done: number; total: number }): void {
    if (this.#job !== job) return;
    const what = phase ?? (job.kind === 'frames' ? 'probes' : 'data set');
    set(job.entry, { reading: { state: 'running', what, done, total } });
    this.#options.changed();
  }
}

function framesKey({ probes, masks, choice }: Asked): string {
  return JSON.stringify([probes.map(({ path }) => path), masks, choice]);
}

function nothingKept({ name }: Checkpoint): ModelError {
  return new ModelError('file-missing', `The files of ${name} are gone, and nothing of these pictures and maps was kept of it.`, {
    hint: 'Remove it, or go back to the pictures and maps that were chosen when it was read.',
  });
}

function stampOf({ file }: Entry): string {
  return file?.stamp ?? gone;
}

function set(entry: Entry, patch: Partial<Checkpoint>): void {
  entry.checkpoint = { ...entry.checkpoint, ...patch };
}
