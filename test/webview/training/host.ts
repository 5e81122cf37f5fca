// Runs in the browser, before the page: plays the extension's side of the page about training. Tests steer it through `window.trainingHost`.
import { emit, type Handlers, serve } from '../../../src/shared/rpc.ts';
import type {
  Checkpoint,
  ProbeFrames,
  TrainingLog,
  TrainingPageCalls,
  TrainingPageEvents,
  TrainingState,
} from '../../../src/shared/trainingProtocol.ts';
import { plugIn, SteeredHost } from '../steered.ts';
import { checkpointsOf, driftOf, framesOf, logsOf, pictureOf, probesOf, wholeOf } from './made.ts';
import type { TrainingScene } from './scene.ts';

declare global {
  interface Window {
    trainingHost: TrainingTestHost;
  }
}

/** null: NaN. */
export interface PlainLog extends Partial<Omit<TrainingLog, 'series'>> {
  file: string;
  series: readonly { name: string; x: readonly number[]; y: readonly (number | null)[]; time?: readonly number[] }[];
}

export class TrainingTestHost extends SteeredHost {
  scene: TrainingScene;
  /** What differs from the scene since. */
  patch: Partial<TrainingState> = {};
  #made: ProbeFrames[] = [];

  constructor(scene: TrainingScene) {
    super();
    this.scene = scene;
    const calls = Object.keys(this.#answers) as (keyof TrainingPageCalls)[];
    const handler =
      (name: keyof TrainingPageCalls) =>
      (params: Record<string, unknown>, { signal }: { signal: AbortSignal }) =>
        this.answer(name, params, signal, async () => await (this.#answers[name] as (params: unknown) => unknown)(params));
    serve<TrainingPageCalls>(
      this.port,
      Object.fromEntries(calls.map((name) => [name, handler(name)])) as unknown as Handlers<TrainingPageCalls>,
    );
  }

  state(): TrainingState {
    const { scene } = this;
    return { ...scene.state, generation: this.generation, checkpoints: checkpointsOf(scene), probes: probesOf(scene), ...this.patch };
  }

  /** Something is another now; nothing that was read is dropped. */
  tell(patch: Partial<TrainingState>): void {
    this.patch = { ...this.patch, ...patch };
    emit<TrainingPageEvents, 'state'>(this.port, 'state', this.state());
  }

  /** The next checkpoint is read. */
  readNext(): void {
    const at = this.scene.read;
    this.scene = { ...this.scene, read: at + 1, checkpoints: Math.max(at + 1, this.scene.checkpoints) };
    this.tell({});
    const { id } = checkpointsOf(this.scene)[at] as Checkpoint;
    emit<TrainingPageEvents, 'frames'>(this.port, 'frames', {
      generation: this.generation,
      checkpoint: id,
      frames: framesOf(this.scene, at),
    });
  }

  /** The data set is evaluated at a checkpoint. */
  evaluate(at: number): void {
    this.scene = { ...this.scene, wholes: Math.max(this.scene.wholes, at + 1) };
    const { id } = checkpointsOf(this.scene)[at] as Checkpoint;
    emit<TrainingPageEvents, 'whole'>(this.port, 'whole', { generation: this.generation, checkpoint: id, whole: wholeOf(this.scene, at) });
  }

  /** Logs were read; numbers as lists, as tests send them. */
  tellLogs(logs: readonly PlainLog[]): void {
    const numbers = (list: readonly (number | null)[]) => Float64Array.from(list, (value) => value ?? Number.NaN);
    const full = logs.map(({ series, ...log }) => ({
      ...{ kind: 'csv' as const, modified: 0, axis: 'epoch' as const, warnings: [], ...log },
      series: series.map(({ name, x, y, time }) => ({ name, x: numbers(x), y: numbers(y), time: time && numbers(time) })),
    }));
    emit<TrainingPageEvents, 'logs'>(this.port, 'logs', full);
  }

  /** Makes up the numbers beforehand: what a page takes to show them can be measured without it. */
  warm(): void {
    this.#made = Array.from({ length: this.scene.read }, (_, i) => framesOf(this.scene, i));
  }

  /** What a checkpoint says of the probes comes (again), of some generation. */
  sendFrames(generation: number, at: number): void {
    const { id } = checkpointsOf(this.scene)[at] as Checkpoint;
    emit<TrainingPageEvents, 'frames'>(this.port, 'frames', { generation, checkpoint: id, frames: framesOf(this.scene, at) });
  }

  /** Somebody chose a checkpoint in the tree. */
  show(checkpoint: string): void {
    emit<TrainingPageEvents, 'show'>(this.port, 'show', { checkpoint });
  }

  readonly #answers: { [K in keyof TrainingPageCalls]: (params: TrainingPageCalls[K]['params']) => TrainingPageCalls[K]['result'] } = {
    ready: () => {
      const { scene } = this;
      const all = checkpointsOf(scene);
      return {
        state: this.state(),
        frames: all.slice(0, scene.read).map(({ id }, i) => ({ checkpoint: id, frames: this.#made[i] ?? framesOf(scene, i) })),
        wholes: all.slice(0, scene.wholes).map(({ id }, i) => ({ checkpoint: id, whole: wholeOf(scene, i) })),
        logs: logsOf(scene),
      };
    },
    methods: () => this.scene.methods,
    pictures: ({ images }) => images.map(pictureOf),
    drift: ({ from, to }) => {
      const [a, b] = [from, to].map((id) => checkpointsOf(this.scene).findIndex((each) => each.id === id)) as [number, number];
      return driftOf(this.scene, a, b);
    },
    explain: ({ checkpoint, image }) => {
      const { scene } = this;
      const frames = framesOf(
        scene,
        Math.max(
          0,
          checkpointsOf(scene).findIndex(({ id }) => id === checkpoint),
        ),
      );
      const row = Math.max(0, frames.images.indexOf(image));
      const cells = frames.width * frames.height;
      const values = frames.maps.slice(row * cells, (row + 1) * cells);
      const index = frames.explained[row] as number;
      const map = {
        ...frames.map,
        ...{ class: { index, label: scene.classes[index] as string }, against: undefined, target: 'logit' },
        ...{ height: frames.height, width: frames.width, values, min: Math.min(...values), max: Math.max(...values) },
        ...{ flat: undefined, checks: [], params: {}, engine: 'test', ms: 3 },
      };
      return { map, picture: pictureOf(image) };
    },
    watchFile: () => {},
    ...{ follow: () => {}, chooseRun: () => {}, choose: () => {}, followSet: () => {}, setPaused: () => {}, addProbes: () => {} },
    ...{ removeProbe: () => {}, pinProbe: () => {}, openProbe: () => {}, compare: () => {}, looking: () => {}, retry: () => {} },
    ...{ openLog: () => {}, showSettings: () => {}, showLog: () => {} },
  };
}

window.trainingHost = new TrainingTestHost((window as unknown as { scene: TrainingScene }).scene);
plugIn(window.trainingHost);
