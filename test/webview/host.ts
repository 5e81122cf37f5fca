// Runs in the browser, before the page: plays the extension's side of the channel with the real rpc. Tests steer it
// through `window.host`.
import { className, scoresClasses } from '../../src/shared/classScores.ts';
import type {
  ExplanationMap,
  MapRequest,
  OtherSubject,
  Outcome,
  PageCalls,
  PageEvents,
  PanelSubject,
  Prediction,
  RankedClass,
} from '../../src/shared/protocol.ts';
import { type CallContext, emit, type Handlers, serve } from '../../src/shared/rpc.ts';
import { makeMap } from './makeMap.ts';
import type { Scene } from './scene.ts';
import { plugIn, SteeredHost, sleep } from './steered.ts';

declare global {
  interface Window {
    scene: Scene;
    host: TestHost;
  }
}

const bytes = (base64: string) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** Calls of `explain` are held and fail as `explain:METHOD`. */
export class TestHost extends SteeredHost {
  scene: Scene;
  /** Slow methods come in so many steps of so many ms; `stopAt` holds them there. */
  slow = { steps: 10, ms: 25, stopAt: 1 };

  constructor(scene: Scene) {
    super();
    this.scene = scene;
    serve<PageCalls>(this.port, this.#handlers());
  }

  subject(): PanelSubject {
    return { ...this.scene.subject, generation: this.generation };
  }

  /** Another image or model in the same panel. */
  show(patch: Partial<Scene>): void {
    this.scene = { ...this.scene, ...patch };
    this.generation++;
    emit<PageEvents, 'subject'>(this.port, 'subject', this.subject());
  }

  #handlers(): Handlers<PageCalls> {
    const quick =
      <K extends keyof PageCalls & string>(method: K, answer: (params: PageCalls[K]['params']) => PageCalls[K]['result']) =>
      (params: PageCalls[K]['params'], context: { signal: AbortSignal }) =>
        this.answer(method, params as Record<string, unknown>, context.signal, async () => answer(params));
    return {
      ready: quick('ready', () => ({ subject: this.subject(), methods: this.scene.methods })),
      imagePng: quick('imagePng', ({ other }) => {
        const { image } = this.#sceneOf(other);
        return { ...image, png: bytes(image.png) };
      }),
      predict: quick('predict', ({ other }) => this.prediction(this.#sceneOf(other))),
      preprocessings: quick('preprocessings', () => trials(this.prediction(), bytes(this.scene.fed.png))),
      savePreprocessing: quick('savePreprocessing', ({ preprocessing }) => this.#anew({ preprocessing, guessedFrom: undefined })),
      saveLabels: quick('saveLabels', ({ id }) =>
        this.#anew({ labels: id === undefined ? undefined : this.scene.setLabels, labelSet: id }),
      ),
      saveInputSize: quick('saveInputSize', () => this.#anew({})),
      saveInputs: quick('saveInputs', () => this.#anew({})),
      saveOutput: quick('saveOutput', ({ output }) => this.#anew({ output })),
      layerShown: quick('layerShown', () => {}),
      revealLayer: quick('revealLayer', () => {}),
      showUnits: quick('showUnits', () => {}),
      findSimilar: quick('findSimilar', () => {}),
      chooseModel: quick('chooseModel', () => {}),
      setPinned: quick('setPinned', () => {}),
      export: quick('export', ({ format }) => ({ savedAs: `both.grad-cam.${format}` })),
      exportPicture: quick('exportPicture', ({ name }) => ({ savedAs: `both.${name}.png` })),
      openSidecar: quick('openSidecar', () => {}),
      revealImage: quick('revealImage', () => {}),
      showLog: quick('showLog', () => {}),
      explain: (params, context) =>
        this.answer(`explain:${params.request.method}`, params as unknown as Record<string, unknown>, context.signal, () =>
          this.#explain(this.#sceneOf(params.other), params.request, context),
        ),
      explainAll: (params, context) =>
        this.answer('explainAll', params as unknown as Record<string, unknown>, context.signal, () =>
          this.#explainAll(this.#sceneOf(params.other), params.requests, context),
        ),
      chooseOther: quick('chooseOther', ({ what }) => this.#other(what)),
      exportOnnx: quick('exportOnnx', ({ request }) => ({ savedAs: `both.${request.method}.onnx` })),
    };
  }

  /** As the real one: the new subject is announced after the reply. */
  #anew(change: Partial<Scene>): void {
    this.generation++;
    setTimeout(() => {
      this.generation--;
      this.show(change);
    }, 60);
  }

  /** One after the other, each told as it is there, as the real one does it. */
  async #explainAll(
    scene: Scene,
    requests: readonly MapRequest[],
    context: CallContext<PageCalls['explainAll']['progress']>,
  ): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const [index, request] of requests.entries()) {
      while (this.held.has(`explain:${request.method}`) && !context.signal.aborted) await sleep(10);
      const failure = this.failures.get(`explain:${request.method}`);
      this.failures.delete(`explain:${request.method}`);
      const outcome = failure ? { error: failure } : { map: makeMap(scene, request) };
      outcomes.push(outcome);
      context.progress({ index, outcome });
    }
    return outcomes;
  }

  async #explain(scene: Scene, request: MapRequest, context: CallContext<PageCalls['explain']['progress']>): Promise<ExplanationMap> {
    const map = makeMap(scene, request);
    if (!this.scene.methods.find((m) => m.id === request.method)?.slow) return map;
    const { steps, ms } = this.slow;
    for (let i = 1; i < steps && !context.signal.aborted; i++) {
      const done = i / steps;
      context.progress({ done, secondsLeft: (steps - i) * 1.3, partial: firstPart(map, done) });
      do await sleep(ms);
      while (done >= this.slow.stopAt && !context.signal.aborted);
    }
    return map;
  }

  /** The panel's scene, or the one chosen to compare with. */
  #sceneOf(other: string | undefined): Scene {
    if (other === undefined) return this.scene;
    const changed = this.scene.others?.[other as 'image' | 'model'];
    if (!changed) throw new Error(`Nothing called ${other} was chosen.`);
    return { ...this.scene, ...changed };
  }

  #other(what: 'image' | 'model'): OtherSubject | undefined {
    if (!this.scene.others?.[what]) return undefined;
    const { subject, image } = this.#sceneOf(what);
    const { imageName, imagePath, modelName = '', modelPath = '' } = subject;
    const imageUri = subject.imageUri && `data:image/png;base64,${image.png}`;
    return { id: what, imageName, imagePath, imageUri, modelName, modelPath };
  }

  prediction(scene = this.scene): Prediction {
    const ranked = rank(scene);
    const { model, image } = facts(scene);
    return {
      model,
      image,
      top: ranked.slice(0, Math.min(5, ranked.length)),
      logits: new Float32Array(scene.logits),
      truth: ranked.find((c) => c.index === scene.truth),
      labelOffers: scene.labels ? [] : (scene.offers ?? []),
      fed: { ...scene.fed, png: bytes(scene.fed.png) },
      ms: 41,
    };
  }
}

function firstPart(map: ExplanationMap, done: number): ExplanationMap {
  const known = Math.floor(map.values.length * done);
  return { ...map, values: map.values.map((v, i) => (i < known ? v : Number.NaN)) };
}

function rank(scene: Scene): RankedClass[] {
  const model = { ...scene, classes: scene.logits.length };
  const max = Math.max(...scene.logits);
  const sum = scene.logits.reduce((s, v) => s + Math.exp(v - max), 0);
  return scene.logits
    .map((logit, index) => ({
      index,
      label: className(model, index),
      logit,
      probability: !scoresClasses(model)
        ? undefined
        : scene.activation === 'sigmoid'
          ? 1 / (1 + Math.exp(-logit))
          : Math.exp(logit - max) / sum,
    }))
    .sort((a, b) => b.logit - a.logit);
}

function facts(scene: Scene): Pick<Prediction, 'model' | 'image'> {
  const { subject, fed } = scene;
  return {
    model: {
      path: subject.modelPath ?? '',
      name: subject.modelName ?? '',
      format: 'TensorFlow.js Layers',
      hash: '9f2c4e7a'.repeat(8),
      engine: 'onnxruntime 1.30.0 (CPU)',
      input: { name: 'input', layout: 'NHWC', channels: 3, height: fed.height, width: fed.width },
      classes: scene.logits.length,
      activation: scene.activation,
      layers: scene.layers,
      defaultLayer: scene.defaultLayer,
      labels: scene.labels,
      labelsFrom: scene.labelSet === undefined ? 'labels.txt' : 'ImageNet-1k (glassbox.json)',
      labelSet: scene.labelSet,
      preprocessing: scene.preprocessing,
      preprocessingFrom: scene.guessedFrom ?? 'glassbox.json',
      preprocessingGuessed: scene.guessedFrom !== undefined,
      warnings: scene.warnings,
      refusals: scene.refusals ?? {},
      outputs: scene.outputs ?? ['logits'],
      output: scene.output ?? scene.outputs?.[0] ?? 'logits',
      answered: scene.answered ?? [],
      dense: scene.dense,
    },
    image: {
      path: subject.imagePath,
      name: subject.imageName,
      width: scene.image.width,
      height: scene.image.height,
      hash: '1b3d5f70'.repeat(8),
    },
  };
}

function trials(prediction: Prediction, fedPng: Uint8Array): PageCalls['preprocessings']['result'] {
  const common = { resize: 'stretch', channels: 'RGB' } as const;
  const names = ['x / 255', 'x / 127.5 − 1', 'ImageNet mean and std', 'BGR − mean (Caffe)', '0 … 255'];
  return names.map((label, i) => ({
    id: `trial${i}`,
    label,
    preprocessing: { ...common, scale: i === 0 ? 1 / 255 : 1, mean: [i, i, i], std: [1, 1, 1] },
    top: { ...prediction.top[i % prediction.top.length]!, probability: [0.41, 0.93, 0.87, 0.22, 0.09][i]! },
    fedPng,
    current: prediction.model.preprocessing !== undefined && i === 1,
    labelOffers: prediction.labelOffers,
    min: i === 4 ? 0 : -i,
    max: i === 4 ? 255 : i,
  }));
}

window.host = new TestHost(window.scene);
plugIn(window.host);
