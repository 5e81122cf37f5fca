// Runs in the browser, before the page: plays the extension's side of the page about two checkpoints. Tests steer it through
// `window.comparisonHost`.

import type { ErrorRecord } from '../../../src/shared/errors.ts';
import { frameMap } from '../../../src/shared/frameMap.ts';
import type { ExplanationMap } from '../../../src/shared/protocol.ts';
import { emit, type Handlers, serve } from '../../../src/shared/rpc.ts';
import type {
  Checkpoint,
  ComparedImage,
  ComparedMap,
  ComparisonPageCalls,
  ComparisonPageEvents,
  ComparisonResults,
  ComparisonSubject,
  MapMeasures,
  ProbeFrames,
  ProbeMapRequest,
} from '../../../src/shared/trainingProtocol.ts';
import { plugIn, SteeredHost } from '../steered.ts';
import { checkpointsOf, framesOf, pictureOf, probesOf, wholeOf } from '../training/made.ts';
import type { ComparisonScene } from './scene.ts';

declare global {
  interface Window {
    comparisonHost: ComparisonTestHost;
  }
}

type Answers = { [K in keyof ComparisonPageCalls]: (params: ComparisonPageCalls[K]['params']) => ComparisonPageCalls[K]['result'] };

export class ComparisonTestHost extends SteeredHost {
  scene: ComparisonScene;
  /** What differs from the scene since. */
  patch: Partial<ComparisonSubject> = {};
  /** The maps that were asked for last are so far, 0..1. */
  advance: (done: number) => void = () => {};
  /** Methods that the network does not support. */
  readonly refused = new Set<string>();
  /** What of the two is not read yet. */
  readonly unread = new Set<'from' | 'to'>();

  constructor(scene: ComparisonScene) {
    super();
    this.scene = scene;
    const calls = Object.keys(this.#answers) as (keyof ComparisonPageCalls)[];
    const handler =
      (name: keyof ComparisonPageCalls) =>
      (params: Record<string, unknown>, { signal, progress }: { signal: AbortSignal; progress: (value: { done: number }) => void }) => {
        if (name === 'explainBoth') this.advance = (done) => progress({ done });
        return this.answer(name, params, signal, async () => await (this.#answers[name] as (params: unknown) => unknown)(params));
      };
    serve<ComparisonPageCalls>(
      this.port,
      Object.fromEntries(calls.map((name) => [name, handler(name)])) as unknown as Handlers<ComparisonPageCalls>,
    );
  }

  checkpoints(): Checkpoint[] {
    return checkpointsOf(this.scene.training).map((each, i) => ({ ...each, gone: this.scene.gone.includes(i) }));
  }

  subject(): ComparisonSubject {
    const { training, from, to, trouble, image } = this.scene;
    const all = this.checkpoints();
    const { run, choice, layers } = training.state;
    return {
      ...{ generation: this.generation, restore: `${from} ${to}`, run: run?.label ?? '', axis: run?.axis ?? 'epoch' },
      ...{ from: all[from]!, to: all[to]!, others: all.slice(0, training.read), probes: probesOf(training), choice, layers, trouble },
      ...(image !== undefined && { image: probesOf(training)[image]!.path }),
      ...this.patch,
    };
  }

  results(): ComparisonResults {
    const { training, from, to } = this.scene;
    const frames = (side: 'from' | 'to', at: number) => (this.unread.has(side) ? undefined : framesOf(training, at));
    const whole = (at: number) => (at < training.wholes ? wholeOf(training, at) : undefined);
    return { frames: { from: frames('from', from), to: frames('to', to) }, wholes: { from: whole(from), to: whole(to) } };
  }

  /** Another pair, or something of it is another now. */
  tell(patch: Partial<ComparisonSubject>): void {
    this.patch = { ...this.patch, ...patch };
    emit<ComparisonPageEvents, 'subject'>(this.port, 'subject', this.subject());
  }

  compare(from: number, to: number): void {
    this.scene = { ...this.scene, from, to };
    this.generation++;
    this.tell({});
    emit<ComparisonPageEvents, 'results'>(this.port, 'results', { generation: this.generation, ...this.results() });
  }

  /** One that was not read is read now. */
  read(side: 'from' | 'to'): void {
    this.unread.delete(side);
    emit<ComparisonPageEvents, 'results'>(this.port, 'results', { generation: this.generation, ...this.results() });
  }

  readonly #answers: Answers = {
    ready: () => ({ subject: this.subject(), methods: this.scene.training.methods, ...this.results() }),
    turn: ({ from, to }) => {
      const at = (id: string) => this.checkpoints().findIndex((each) => each.id === id);
      this.compare(at(from), at(to));
    },
    drift: () => {
      const { to } = this.results().wholes;
      return { ...to!.drift!, from: 'a', to: 'b' };
    },
    thumbnails: ({ images }) => images.map(pictureOf),
    explainBoth: ({ image, class: index, request }) => this.both(image, index, request),
    framesOfBoth: ({ request }) => ({ from: this.frames(this.scene.from, request), to: this.frames(this.scene.to, request) }),
    savePicture: () => ({ savedAs: '/work/saved.png' }),
    ...{ follow: () => {}, openImage: () => {}, retry: () => {}, showLog: () => {} },
  };

  /** As they were read, or of other maps; a method that is refused has none. */
  frames(at: number, request?: ProbeMapRequest): ProbeFrames {
    const frames = framesOf(this.scene.training, at);
    return request ? framesWith(frames, request, this.refused.has(request.method)) : frames;
  }

  both(image: string, asked: number | undefined, request?: ProbeMapRequest): ComparedImage {
    const { training, from, to, gone } = this.scene;
    const [first, second] = [this.frames(from, request), this.frames(to, request)];
    const row = Math.max(0, second.images.indexOf(image));
    const index = asked ?? (second.truth[row] as number);
    const of = (frames: ProbeFrames, at: number): ComparedMap => {
      if (request && this.refused.has(request.method)) return { map: undefined, error: refusal, kept: false };
      return { map: mapFor(frames, row, index), error: undefined, kept: gone.includes(at) };
    };
    const say = (frames: ProbeFrames, of: number) => {
      if (of === frames.predicted[row]) return frames.confidence[row] as number;
      return of === frames.truth[row] ? (frames.trueProbability[row] as number) : 0.01;
    };
    return {
      ...{ picture: pictureOf(image), explained: { index, label: training.classes[index] as string }, truth: second.truth[row] as number },
      ...{ predicted: { from: first.predicted[row] as number, to: second.predicted[row] as number } },
      ...{ from: of(first, from), to: of(second, to) },
      measured: { from: measuresIn(first, row), to: measuresIn(second, row) },
      classes: training.classes
        .map((label, of) => ({ index: of, label, from: say(first, of), to: say(second, of) }))
        .sort((a, b) => b.to - a.to)
        .slice(0, 6),
    };
  }
}

const refusal: ErrorRecord = {
  ...{ code: 'method', message: "LRP needs a rule for layer 'conv3' (Selu): there is none." },
  hint: 'Choose another method.',
};

/** Of the true class. LRP and occlusion say where nothing speaks for it; each layer has a strength of its own. */
function framesWith(frames: ProbeFrames, { method, layer = 'conv5', variant = '' }: ProbeMapRequest, isRefused: boolean): ProbeFrames {
  const relu = !['lrp', 'occlusion'].includes(method);
  const strength = layer === 'conv4' ? 2 : 3;
  const maps = frames.maps.map((value) => (isRefused ? Number.NaN : strength * (relu ? value : value - 0.3)));
  const map = { method: isRefused ? '' : method, variant, layer, relu, signed: true, unit: `${method}, logit` };
  return { ...frames, explained: frames.truth, maps, map };
}

function measuresIn(frames: ProbeFrames, row: number): MapMeasures {
  return {
    ...{ borderShare: frames.borderShare[row] as number, borderPeak: frames.borderPeak[row] === 1 },
    ...{
      objectShare: frames.objectShare[row] as number,
      objectArea: frames.objectArea[row] as number,
      objectPeak: frames.objectPeak[row] === 1,
    },
  };
}

/** Another class has the same map, weaker. */
function mapFor(frames: ProbeFrames, row: number, index: number): ExplanationMap {
  const map = frameMap(frames, row) as ExplanationMap;
  const factor = index === frames.explained[row] ? 1 : 0.5;
  const values = map.values.map((value) => value * factor);
  const label = frames.classes[index] as string;
  return { ...map, values, class: { index, label }, min: map.min * factor, max: map.max * factor };
}

window.comparisonHost = new ComparisonTestHost((window as unknown as { scene: ComparisonScene }).scene);
plugIn(window.comparisonHost);
