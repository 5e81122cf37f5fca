import type { LayerInfo } from '../../shared/protocol.ts';
import type { ProbeFrames, TrainingLog, WholeSet } from '../../shared/trainingProtocol.ts';
import type { EngineClient } from '../engineClient.ts';
import type { KeptCheckpoint } from './desk/checkpointList.ts';
import { type Asked, Desk } from './desk/desk.ts';
import { logsOf, stampOfLogs } from './logsOf.ts';
import type { CheckpointFile, FoundRun } from './runs/checkpointFile.ts';
import { type RunWatch, watchRun } from './watch/runWatch.ts';

/** Log files are looked at so often while somebody looks, ms. */
const logsEvery = 3_000;

export interface FollowedOptions {
  engine: Pick<EngineClient, 'call'>;
  /** Folder that results are kept in. */
  store: string;
  /** Workspace folder that the run lies in: logs are looked for inside of it. */
  root?: string | undefined;
  kept: readonly KeptCheckpoint[];
  budget(): number;
  keep(kept: readonly KeptCheckpoint[]): void;
  changed(): void;
  gotFrames(checkpoint: string, frames: ProbeFrames): void;
  gotWhole(checkpoint: string, whole: WholeSet): void;
  gotLogs(logs: readonly TrainingLog[]): void;
  /** Something goes wrong that nobody waits for. */
  failed(error: Error): void;
}

/** One run while it is followed: its files are watched, its checkpoints and logs read. */
export class FollowedRun {
  readonly desk: Desk;
  readonly #options: FollowedOptions;
  readonly #watch: RunWatch;
  #run: FoundRun;
  #timer: NodeJS.Timeout | undefined;
  #isReading = false;
  #logStamp = '';
  #logsDue = 0;
  #layersOf: string | undefined;
  #isOver = false;
  logs: readonly TrainingLog[] = [];
  /** That maps can be drawn at; of the newest checkpoint that was read. */
  layers: readonly LayerInfo[] = [];

  constructor(run: FoundRun, options: FollowedOptions) {
    this.#run = run;
    this.#options = options;
    this.desk = new Desk(run, options.kept, {
      ...{ engine: options.engine, store: options.store, budget: options.budget, keep: options.keep, changed: options.changed },
      gotFrames: (checkpoint, frames) => {
        options.gotFrames(checkpoint, frames);
        void this.#readLayers().catch(options.failed);
      },
      gotWhole: options.gotWhole,
      isStill: (file) => this.#watch.isStill(file),
    });
    this.#watch = watchRun(run, (files: readonly CheckpointFile[]) => this.desk.files(files));
  }

  /** As it was found last. */
  get run(): FoundRun {
    return this.#run;
  }

  /** The same run with other checkpoints: the watch has found them by itself. */
  renew(run: FoundRun): void {
    this.#run = run;
  }

  ask(asked: Asked): void {
    this.desk.ask(asked);
  }

  /** `watched`: its files are looked after. `awake`: they are read. */
  set({ watched, awake }: { watched: boolean; awake: boolean }): void {
    if (watched) this.#watch.start();
    else this.#watch.stop();
    this.desk.setAwake(awake);
    clearInterval(this.#timer);
    if (!awake) return;
    this.#timer = setInterval(() => void this.#readLogs(), logsEvery);
    void this.#readLogs();
  }

  dispose(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#watch.dispose();
    this.desk.dispose();
  }

  async #readLayers(): Promise<void> {
    const model = this.desk.newest?.path;
    if (model === undefined || this.#layersOf !== undefined) return;
    this.#layersOf = model;
    const { layers } = await this.#options.engine.call('mapLayers', { model });
    this.layers = layers;
    this.#options.changed();
  }

  /** Where they have changed. */
  async #readLogs(): Promise<void> {
    if (this.#isReading || performance.now() < this.#logsDue) return;
    this.#isReading = true;
    try {
      const files = await logsOf(this.#run, this.#options.root);
      const stamp = await stampOfLogs(files);
      if (stamp === this.#logStamp || this.#isOver) return;
      const begin = performance.now();
      const logs = files.length === 0 ? [] : await this.#options.engine.call('trainingLogs', { files });
      if (this.#isOver) return;
      // Large ones that grow take no more than a tenth of the time.
      this.#logsDue = performance.now() + 9 * (performance.now() - begin);
      this.#logStamp = stamp;
      this.logs = logs;
      this.#options.gotLogs(logs);
    } catch (error) {
      this.#options.failed(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#isReading = false;
    }
  }
}
