import { join } from 'node:path';
import * as vscode from 'vscode';
import { toErrorRecord } from '../../shared/errors.ts';
import type {
  MapChoice,
  ProbeFrames,
  RunSummary,
  TrainingLog,
  TrainingSnapshot,
  TrainingState,
  WholeSet,
} from '../../shared/trainingProtocol.ts';
import type { Host } from '../host.ts';
import { section, settings } from '../settings.ts';
import { type Question, questionOf } from './desk/askedOf.ts';
import type { KeptCheckpoint } from './desk/checkpointList.ts';
import type { Desk } from './desk/desk.ts';
import { ProbeSet } from './desk/probeSet.ts';
import { FollowedRun } from './followedRun.ts';
import { Repeated } from './repeated.ts';
import type { FoundRun } from './runs/checkpointFile.ts';
import { RunFinder } from './runs/runFinder.ts';
import { watchSidecars } from './sidecarWatch.ts';

const keys = { run: 'trainingRun', kept: 'trainingKept', choice: 'trainingMap', set: 'trainingSet' };
/** Changes are told of no more often, ms: a progress, many files at once. */
const calm = 100;

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
  #followed: FollowedRun | undefined;
  #question: Question | undefined;
  #generation = 0;
  #isAsked = false;
  readonly #search = new Repeated(() => this.#find());
  /** The last look for runs. */
  #found: Promise<void> | undefined;
  /** Whether a look for runs has ended: before, that there are none says nothing. */
  #hasLooked = false;
  #paused = false;
  #failure: TrainingState['failure'];
  /** Why there is no run. */
  #whyNone: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#finder = new RunFinder(host.context.workspaceState);
    this.#probeSet = new ProbeSet(host.context.workspaceState);
    this.#subscriptions = [
      this.#finder,
      this.#finder.onDidChange(() => this.#renew()),
      host.dataset.onDidChange(() => this.#unheard(this.#ask())),
      vscode.workspace.onDidChangeConfiguration(
        (event) => event.affectsConfiguration(`${section}.training.masks`) && this.#unheard(this.#ask()),
      ),
      watchSidecars((isMeant) => this.#followed?.desk.askAgain(isMeant)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#renew()),
    ];
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#followed?.dispose();
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
    if (looking) void this.ready();
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
    const followed = this.#followed;
    return {
      generation: this.#generation,
      following: !this.#mayFollow ? 'off' : followed ? 'on' : 'none',
      runs: this.#runs.map((run) => summaryOf(run)),
      run: followed && summaryOf(followed.run, followed.desk),
      checkpoints: followed?.desk.checkpoints ?? [],
      probes: this.#question?.asked.probes ?? [],
      choice: this.choice,
      layers: followed?.layers ?? [],
      set: this.#question?.set,
      paused: this.#paused,
      notice: followed ? undefined : this.#whyNone,
      failure: this.#failure,
    };
  }

  get snapshot(): TrainingSnapshot {
    const { state, desk } = this;
    return {
      state,
      frames: state.checkpoints.flatMap(({ id }) => {
        const frames = desk?.framesOf(id);
        return frames ? [{ checkpoint: id, frames }] : [];
      }),
      wholes: state.checkpoints.flatMap(({ id }) => {
        const whole = desk?.wholeOf(id);
        return whole ? [{ checkpoint: id, whole }] : [];
      }),
      logs: this.#followed?.logs ?? [],
    };
  }

  /** Once this is settled, `state` tells which runs there are. */
  async ready(): Promise<void> {
    await (this.#found ?? this.#look());
  }

  get hasLooked(): boolean {
    return this.#hasLooked;
  }

  get desk(): Desk | undefined {
    return this.#followed?.desk;
  }

  get choice(): MapChoice {
    const usual: MapChoice = { request: { method: settings().defaultMethod }, of: 'predicted' };
    return this.#host.context.workspaceState.get<MapChoice>(keys.choice, usual);
  }

  /** Folder that what is read of checkpoints is kept in. */
  get store(): string {
    return join((this.#host.context.storageUri ?? this.#host.context.globalStorageUri).fsPath, 'training');
  }

  /** Whether an image is a probe or of the data set that is evaluated. */
  knows(image: string): boolean {
    const { probes = [], set } = this.#question?.asked ?? {};
    return probes.some(({ path }) => path === image) || (set?.images.includes(image) ?? false);
  }

  /** Other maps from now on. */
  async choose(choice: MapChoice): Promise<void> {
    await this.#host.context.workspaceState.update(keys.choice, choice);
    await this.#ask();
  }

  async followSet(on: boolean): Promise<void> {
    await this.#host.context.workspaceState.update(keys.set, on);
    await this.#ask();
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#wake();
    this.#tell();
  }

  /** In Restricted Mode: a person asks for it, for this session. */
  async follow(): Promise<void> {
    this.#isAsked = true;
    await this.#look();
  }

  async chooseRun(id: string): Promise<void> {
    await this.#host.context.workspaceState.update(keys.run, id);
    await this.#look();
  }

  /** Follows a file that is overwritten in place. */
  async watchFile(path: string): Promise<void> {
    this.#isAsked = true;
    const { id } = await this.#finder.watchFile(path);
    await this.chooseRun(id);
  }

  /** A file that is overwritten in place is no longer watched. `run`: its id. */
  async stopWatching(run: string): Promise<void> {
    await this.#finder.stopWatching(run);
    await this.#look();
  }

  /** Folder that a run lies in, absolute. */
  folderOf(run: string): string | undefined {
    return this.#runs.find(({ id }) => id === run)?.folder;
  }

  async pinProbes(images: readonly string[]): Promise<void> {
    await this.#probeSet.pin(images);
    await this.#ask();
  }

  async removeProbe(image: string): Promise<void> {
    await this.#probeSet.remove(image);
    await this.#ask();
  }

  get #mayFollow(): boolean {
    return vscode.workspace.isTrusted || this.#isAsked;
  }

  /** Looks for runs. */
  #look(): Promise<void> {
    this.#found = this.#search.run();
    return this.#found;
  }

  /** Before anybody has looked there is nothing to renew. */
  #renew(): void {
    if (this.#found) void this.#look();
  }

  async #find(): Promise<void> {
    try {
      const before = new Set(this.#runs.map(({ id }) => id));
      this.#runs = this.#mayFollow ? await this.#finder.runs() : [];
      this.#whyNone = this.#mayFollow && this.#runs.length === 0 ? await this.#finder.whyNone() : undefined;
      const run = this.#toFollow(before);
      if (run && run.id === this.#followed?.run.id) this.#followed.renew(run);
      else this.#turnTo(run);
      this.#failure = undefined;
    } catch (error) {
      this.#failure = toErrorRecord(error);
    }
    this.#hasLooked = true;
    this.#tell();
  }

  /**
   * One that has begun since the last look, else the one that was chosen, else the one that is followed already: two that are written at
   * the same time take no turns.
   */
  #toFollow(before: ReadonlySet<string>): FoundRun | undefined {
    const chosen = this.#host.context.workspaceState.get<string>(keys.run);
    const own = this.#runs.find(({ id }) => id === this.#followed?.run.id);
    const begun = own && this.#runs.find(({ id }) => !before.has(id));
    return begun ?? this.#runs.find(({ id }) => id === chosen) ?? own ?? this.#runs[0];
  }

  #turnTo(run: FoundRun | undefined): void {
    if (run === undefined && this.#followed === undefined) return;
    this.#followed?.dispose();
    this.#followed = undefined;
    this.#generation++;
    if (!run) return;
    const { workspaceState } = this.#host.context;
    const kept = () => workspaceState.get<Readonly<Record<string, readonly KeptCheckpoint[]>>>(keys.kept, {});
    const isShown = () => this.#followed === followed;
    const tell = (work: (listener: TrainingListener) => void) => {
      if (isShown()) for (const each of this.#listeners) work(each);
    };
    const followed: FollowedRun = new FollowedRun(run, {
      ...{ engine: this.#host.engine, store: this.store, kept: kept()[run.id] ?? [] },
      root: vscode.workspace.getWorkspaceFolder(vscode.Uri.file(run.folder))?.uri.fsPath,
      budget: () => settings().trainingBudget / 100,
      keep: (all) => void workspaceState.update(keys.kept, { ...kept(), [run.id]: all.length > 0 ? all : undefined }),
      changed: () => this.#tell(),
      gotFrames: (checkpoint, frames) => tell((each) => each.frames(this.#generation, checkpoint, frames)),
      gotWhole: (checkpoint, whole) => tell((each) => each.whole(this.#generation, checkpoint, whole)),
      gotLogs: (logs) => tell((each) => each.logs(logs)),
      failed: (error) => this.#host.log.error(error),
    });
    this.#followed = followed;
    this.#wake();
    this.#unheard(this.#ask());
  }

  #wake(): void {
    const looks = this.#lookers.size > 0;
    this.#finder.poll(looks ? 'looked' : this.#watchers.size > 0 ? 'watched' : undefined);
    this.#followed?.set({ watched: looks || this.#watchers.size > 0, awake: looks && !this.#paused });
  }

  /** Probes, maps or data set may be others now. */
  async #ask(): Promise<void> {
    const followed = this.#followed;
    if (!followed) return;
    const { dataset, stores, context } = this.#host;
    const images = await dataset.current();
    const isIndexed = images !== undefined && (await stores.isKept(images.folder));
    const wishes = { choice: this.choice, evaluates: context.workspaceState.get<boolean>(keys.set), masks: settings().masks };
    const question = await questionOf(this.#probeSet, images, isIndexed, wishes);
    if (followed !== this.#followed) return;
    const key = ({ asked: { choice } }: Question) => JSON.stringify(choice);
    if (!this.#question || key(question) !== key(this.#question)) this.#generation++;
    this.#question = question;
    followed.ask(question.asked);
    this.#tell();
  }

  /** Work that nobody waits for. */
  #unheard(work: Promise<void>): void {
    work.catch((error) => this.#host.log.error(error));
  }

  #tell(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const { state } = this;
      for (const each of this.#listeners) each.state(state);
    }, calm);
  }
}

/** `desk`: knows of checkpoints that have come since the run was found. */
function summaryOf({ id, kind, label, axis, files }: FoundRun, desk?: Desk): RunSummary {
  return { id, kind, label, axis, count: Math.max(files.length, desk?.checkpoints.length ?? 0) };
}
