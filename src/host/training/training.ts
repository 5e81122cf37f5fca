import { join } from 'node:path';
import * as vscode from 'vscode';
import { toErrorRecord } from '../../shared/errors.ts';
import type { LayerInfo } from '../../shared/protocol.ts';
import type {
  MapChoice,
  Probe,
  ProbeFrames,
  RunSummary,
  TrainingLog,
  TrainingSnapshot,
  TrainingState,
  WholeSet,
} from '../../shared/trainingProtocol.ts';
import type { ImageSet } from '../datasets/imageSet.ts';
import type { Host } from '../host.ts';
import { section, settings } from '../settings.ts';
import type { CheckpointFile, FoundRun } from './checkpointFile.ts';
import { Desk, type EvaluatedSet, type KeptCheckpoint } from './desk.ts';
import { logsOf } from './logsOf.ts';
import { masksOf } from './masksOf.ts';
import { ProbeSet } from './probeSet.ts';
import { RunFinder } from './runFinder.ts';
import { type RunWatch, watchRun } from './runWatch.ts';

const keys = { run: 'trainingRun', kept: 'trainingKept', choice: 'trainingMap', set: 'trainingSet' };
/** Images of a data set that are evaluated at each checkpoint. */
const mostEvaluated = 2_000;
/** Changes are told of no more often, ms: a progress, many files at once. */
const calm = 80;

type SetOf = NonNullable<TrainingState['set']> & { evaluated: EvaluatedSet };

/** What a view of the run hears. */
export interface TrainingListener {
  state(state: TrainingState): void;
  frames(generation: number, checkpoint: string, frames: ProbeFrames): void;
  whole(generation: number, checkpoint: string, whole: WholeSet): void;
  logs(logs: readonly TrainingLog[]): void;
}

/**
 * The training run that is followed: finds runs, watches one, has its checkpoints read while somebody looks, and holds what was read. Views
 * listen to it.
 */
export class Training implements vscode.Disposable {
  readonly #host: Host;
  readonly #finder: RunFinder;
  readonly #probeSet: ProbeSet;
  readonly #listeners = new Set<TrainingListener>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #lookers = new Set<object>();
  readonly #watchers = new Set<object>();
  #runs: readonly FoundRun[] = [];
  #desk: Desk | undefined;
  #watch: RunWatch | undefined;
  #probes: readonly Probe[] = [];
  #layers: readonly LayerInfo[] = [];
  #layersOf: string | undefined;
  #logs: readonly TrainingLog[] = [];
  #set: SetOf | undefined;
  #generation = 0;
  #isAsked = false;
  #isFound = false;
  #paused = false;
  #failure: TrainingState['failure'];
  #timer: NodeJS.Timeout | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#finder = new RunFinder(host.models, host.context.workspaceState);
    this.#probeSet = new ProbeSet(host.context.workspaceState);
    const again = () => void this.#begin();
    this.#subscriptions = [
      this.#finder,
      this.#finder.onDidChange(again),
      host.dataset.onDidChange(() => void this.#askAnew()),
      vscode.workspace.onDidGrantWorkspaceTrust(again),
    ];
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watch?.dispose();
    this.#desk?.dispose();
    for (const each of this.#subscriptions) each.dispose();
  }

  listen(listener: TrainingListener): vscode.Disposable {
    this.#listeners.add(listener);
    return new vscode.Disposable(() => this.#listeners.delete(listener));
  }

  /** Somebody looks at the run, or does so no longer: nothing is read while nobody does. */
  setLooking(who: object, looking: boolean): void {
    if (looking) this.#lookers.add(who);
    else this.#lookers.delete(who);
    if (looking && !this.#isFound) void this.#begin();
    this.#wake();
    this.#tell();
  }

  /** Files of the run are looked after, which is cheap, also while nobody looks: what tells of new checkpoints. Nothing is read for it. */
  setWatching(who: object, watching: boolean): void {
    if (watching) this.#watchers.add(who);
    else this.#watchers.delete(who);
    this.#wake();
  }

  get state(): TrainingState {
    const desk = this.#desk;
    return {
      generation: this.#generation,
      following: !this.#mayFollow ? 'off' : desk ? 'on' : 'none',
      runs: this.#runs.map(summary),
      run: desk && summary(desk.run),
      checkpoints: desk?.checkpoints ?? [],
      probes: this.#probes,
      choice: this.choice,
      layers: this.#layers,
      set: this.#set && shownOf(this.#set),
      paused: this.#paused,
      notice: undefined,
      failure: this.#failure,
    };
  }

  get snapshot(): Omit<TrainingSnapshot, 'methods'> {
    const desk = this.#desk;
    const checkpoints = desk?.checkpoints ?? [];
    return {
      state: this.state,
      frames: checkpoints.flatMap(({ id }) => {
        const frames = desk?.framesOf(id);
        return frames ? [{ checkpoint: id, frames }] : [];
      }),
      wholes: checkpoints.flatMap(({ id }) => {
        const whole = desk?.wholeOf(id);
        return whole ? [{ checkpoint: id, whole }] : [];
      }),
      logs: this.#logs,
    };
  }

  /** The same as `state` and `snapshot`, once the first look is done. */
  async ready(): Promise<void> {
    if (!this.#isFound) await this.#begin();
  }

  get desk(): Desk | undefined {
    return this.#desk;
  }

  get choice(): MapChoice {
    const usual: MapChoice = { request: { method: settings().defaultMethod }, of: 'predicted' };
    return this.#host.context.workspaceState.get<MapChoice>(keys.choice, usual);
  }

  get store(): string {
    return join((this.#host.context.storageUri ?? this.#host.context.globalStorageUri).fsPath, 'training');
  }

  async choose(choice: MapChoice): Promise<void> {
    await this.#host.context.workspaceState.update(keys.choice, choice);
    await this.#askAnew();
  }

  async followSet(on: boolean): Promise<void> {
    await this.#host.context.workspaceState.update(keys.set, on);
    await this.#askAnew();
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#wake();
    this.#tell();
  }

  /** In Restricted Mode: a person asks for it, for this session. */
  async follow(): Promise<void> {
    this.#isAsked = true;
    await this.#begin();
  }

  /** `id`: of a run, undefined: the person is asked. */
  async chooseRun(id: string): Promise<void> {
    await this.#host.context.workspaceState.update(keys.run, id);
    await this.#begin();
  }

  async watchFile(path: string): Promise<void> {
    this.#isAsked = true;
    const { id } = await this.#finder.watchFile(path);
    await this.chooseRun(id);
  }

  /** A file that is overwritten in place is no longer watched. */
  async stopWatching(run: string): Promise<void> {
    await this.#finder.stopWatching(run);
    await this.#begin();
  }

  /** Folder that a run lies in, absolute. */
  folderOf(run: string): string | undefined {
    return this.#runs.find(({ id }) => id === run)?.folder;
  }

  async pinProbes(images: readonly string[]): Promise<void> {
    await this.#probeSet.pin(images);
    await this.#askAnew();
  }

  async removeProbe(image: string): Promise<void> {
    await this.#probeSet.remove(image);
    await this.#askAnew();
  }

  get #mayFollow(): boolean {
    return vscode.workspace.isTrusted || this.#isAsked;
  }

  /** Looks for runs and follows the one that was chosen, else the one that was written last. */
  async #begin(): Promise<void> {
    this.#isFound = true;
    try {
      this.#runs = this.#mayFollow ? await this.#finder.runs() : [];
      const chosen = this.#host.context.workspaceState.get<string>(keys.run);
      const run = this.#runs.find(({ id }) => id === chosen) ?? this.#runs[0];
      if (run?.id !== this.#desk?.run.id) await this.#turnTo(run);
      else if (run && JSON.stringify(run) !== JSON.stringify(this.#desk?.run)) this.#rewatch(run);
      this.#failure = undefined;
    } catch (error) {
      this.#failure = toErrorRecord(error);
    }
    this.#tell();
  }

  async #turnTo(run: FoundRun | undefined): Promise<void> {
    this.#watch?.dispose();
    this.#desk?.dispose();
    this.#watch = undefined;
    this.#desk = undefined;
    this.#logs = [];
    this.#generation++;
    if (!run) return;
    const kept = this.#kept()[run.id] ?? [];
    const desk: Desk = new Desk(run, kept, {
      engine: this.#host.engine,
      store: this.store,
      budget: () => vscode.workspace.getConfiguration(section).get('training.budget', 50) / 100,
      changed: () => this.#tell(),
      gotFrames: (checkpoint, frames) => this.#gotFrames(desk, checkpoint, frames),
      gotWhole: (checkpoint, whole) => {
        if (desk === this.#desk) for (const each of this.#listeners) each.whole(this.#generation, checkpoint, whole);
      },
      isStill: async (file) => (await this.#watch?.isStill(file)) ?? false,
      keep: (all) => void this.#host.context.workspaceState.update(keys.kept, { ...this.#kept(), [run.id]: all }),
    });
    this.#desk = desk;
    this.#rewatch(run);
    await this.#askAnew();
    await this.#readLogs(desk);
  }

  #kept(): Readonly<Record<string, readonly KeptCheckpoint[]>> {
    return this.#host.context.workspaceState.get(keys.kept, {});
  }

  #rewatch(run: FoundRun): void {
    this.#watch?.dispose();
    const desk = this.#desk;
    this.#watch = watchRun(run, (files: readonly CheckpointFile[]) => desk?.files(files));
    this.#wake();
  }

  #gotFrames(desk: Desk, checkpoint: string, frames: ProbeFrames): void {
    if (desk !== this.#desk) return;
    for (const each of this.#listeners) each.frames(this.#generation, checkpoint, frames);
    void this.#readLayers(desk);
    void this.#readLogs(desk);
  }

  #wake(): void {
    const awake = this.#lookers.size > 0 && !this.#paused;
    if (this.#lookers.size > 0 || this.#watchers.size > 0) this.#watch?.start();
    else this.#watch?.stop();
    this.#desk?.setAwake(awake);
  }

  /** Probes, maps or data set may be others now. */
  async #askAnew(): Promise<void> {
    const desk = this.#desk;
    if (!desk) return;
    const dataset = await this.#host.dataset.current();
    const probes = this.#probeSet.of(dataset?.images ?? []);
    const masks = await masksOf(probes.map(({ path }) => path));
    if (desk !== this.#desk) return;
    const before = JSON.stringify([this.#probes, desk.run.id]);
    this.#probes = probes;
    this.#set = dataset && this.#setOf(dataset);
    const { choice } = this;
    if (before !== JSON.stringify([probes, desk.run.id])) this.#generation++;
    desk.ask({ probes, masks, choice, set: this.#set?.on ? this.#set.evaluated : undefined });
    this.#tell();
  }

  #setOf({ images, roots, label, labelFile }: ImageSet): SetOf {
    const taken = images.length <= mostEvaluated ? images : images.filter((_, i) => i % Math.ceil(images.length / mostEvaluated) === 0);
    const on = this.#host.context.workspaceState.get<boolean>(keys.set, false);
    const evaluated = { images: taken, roots, ...(labelFile !== undefined && { labelFile }) };
    return { label, count: taken.length, of: images.length, on, evaluated };
  }

  async #readLayers(desk: Desk): Promise<void> {
    const model = desk.newest?.path;
    if (model === undefined || this.#layersOf === model) return;
    this.#layersOf = model;
    const { layers } = await this.#host.engine.call('mapLayers', { model });
    if (desk !== this.#desk) return;
    this.#layers = layers;
    this.#tell();
  }

  async #readLogs(desk: Desk): Promise<void> {
    const files = await logsOf(desk.run);
    const logs = files.length === 0 ? [] : await this.#host.engine.call('trainingLogs', { files });
    if (desk !== this.#desk) return;
    this.#logs = logs;
    for (const each of this.#listeners) each.logs(logs);
  }

  #tell(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const { state } = this;
      for (const each of this.#listeners) each.state(state);
    }, calm);
  }
}

function summary({ id, kind, label, axis, files }: FoundRun): RunSummary {
  return { id, kind, label, axis, count: files.length };
}

function shownOf({ label, count, of, on }: SetOf): TrainingState['set'] {
  return { label, count, of, on };
}
