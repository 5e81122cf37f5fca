import { TrainingStore } from '../../dataset/trainingStore.ts';
import { defaultFeatures } from '../../inspect/featureLayers.ts';
import { type SetLayer, setLayers } from '../../inspect/setPlan.ts';
import type { CallContext } from '../../shared/rpc.ts';
import type { DeadUnits, TrainingCalls, WholeSet } from '../../shared/trainingProtocol.ts';
import { CollectingProgress } from '../units/collectingProgress.ts';
import type { DataSetImages } from '../units/dataSetImages.ts';
import { aside } from './aside.ts';
import { choicesOf, type KnownVersion, openCheckpoint, recallModel, rememberModel, versionOfModel, versionOfOpen } from './checkpoint.ts';
import type { TrainingHandler, TrainingServices } from './handler.ts';
import { keepWhole, keptTraces, keptWhole } from './keptWhole.ts';
import { answersOf } from './setAnswers.ts';
import type { SetGeometry } from './setGeometry.ts';
import { passOver, type SetPass } from './setPass.ts';
import { columnsOf, lookAt, rowsOf, type SetRows, setKey } from './setRows.ts';
import { compact, driftBetween, type SetTraces, sampleOf } from './setTraces.ts';
import { unlessStoreFails } from './unlessStoreFails.ts';

/** Below the probes, above indexing. */
const lowPriority = -15;

type Params = TrainingCalls['wholeSet']['params'];
type Context = CallContext<TrainingCalls['wholeSet']['progress']>;

/** Looks up what a checkpoint says of a data set, or goes over the images with one version of the model, and keeps what comes of it. */
export const wholeSet: TrainingHandler<'wholeSet'> = async (services, params, context) => {
  const store = new TrainingStore(params.store);
  const reading = phase(context, 'reading images', params.images.length);
  const found = await lookAt(params.store, params, { signal: context.signal, looked: (count) => reading.at(count) });
  const before = await unlessStoreFails(() => recalled(store, params, found), undefined);
  return before ?? (await new Evaluation(services, params, context, { store, found }).run());
};

/** What is kept of the file as it is, if it was not changed. */
async function recalled(store: TrainingStore, params: Params, found: DataSetImages): Promise<WholeSet | undefined> {
  const model = await recallModel(store, params.model);
  const known = model && (await versionOfModel(model, params.images));
  return known && (await recalledOf(store, params, known, await rowsOf(params, found, known)));
}

/** Another checkpoint to be compared with is no other result, but another drift. */
async function recalledOf(store: TrainingStore, params: Params, { version }: KnownVersion, rows: SetRows): Promise<WholeSet | undefined> {
  const key = setKey(rows);
  const kept = await keptWhole(store, version, key);
  if (!kept) return undefined;
  const whole = { ...kept, images: params.images };
  const { before } = params;
  if (before === undefined || before === kept.drift?.from || before === version) return whole;
  const [first, second] = [await keptTraces(store, before, key), await keptTraces(store, version, key)];
  if (!first || !second) return whole;
  return { ...whole, drift: driftBetween({ version: before, traces: first }, { version, traces: second }) };
}

/** One checkpoint and one data set. */
class Evaluation {
  readonly #services: TrainingServices;
  readonly #params: Params;
  readonly #context: Context;
  readonly #store: TrainingStore;
  readonly #found: DataSetImages;
  readonly #start = performance.now();

  constructor(
    services: TrainingServices,
    params: Params,
    context: Context,
    { store, found }: { store: TrainingStore; found: DataSetImages },
  ) {
    this.#services = services;
    this.#params = params;
    this.#context = context;
    this.#store = store;
    this.#found = found;
  }

  async run(): Promise<WholeSet> {
    const { model: path, images } = this.#params;
    const choices = await choicesOf(path);
    const open = await openCheckpoint(this.#services, path, this.#context.signal);
    const known = await versionOfOpen(this.#services, open, images);
    const rows = await rowsOf(this.#params, this.#found, known);
    await unlessStoreFails(() => rememberModel(this.#store, path, open, choices), undefined);
    // The same network under another name, or saved once more.
    const kept = await unlessStoreFails(() => recalledOf(this.#store, this.#params, known, rows), undefined);
    if (kept) return kept;
    const feature = defaultFeatures(open.model);
    const layers = setLayers(open.model, feature);
    const at = layers.findIndex(({ value }) => value === feature.value);
    const fed = { open, preprocessing: known.preprocessing };
    const pass = await this.#pass({ fed, layers, feature: at });
    return await this.#whole({ known, rows, layers, feature: at, pass });
  }

  async #pass({ fed, layers, feature }: Pick<Parameters<typeof passOver>[1], 'fed' | 'layers' | 'feature'>): Promise<SetPass> {
    const { signal } = this.#context;
    const { priority = lowPriority } = this.#params;
    const contents = [...this.#found.contents.values()];
    const progress = phase(this.#context, 'network', contents.length);
    progress.at(0);
    const sample = new Set(sampleOf(contents.map(({ hash }) => hash)));
    const of = { fed, contents, layers, feature, sample, pixels: this.#services.fedPixels };
    return await aside(this.#services, async (own) => {
      return await passOver(own, of, {
        ...{ priority, signal },
        done: async (content, error) => {
          if (error !== undefined) await this.#found.skip(content, error);
          progress.next();
        },
      });
    });
  }

  async #whole({ known, rows, layers, feature, pass }: Passed): Promise<WholeSet> {
    const { images, before } = this.#params;
    const { version } = known;
    // Images that turned out to be unreadable are in it as such: so they are the next time.
    const key = setKey(rows);
    const earlier =
      before === undefined || before === version
        ? undefined
        : await unlessStoreFails(() => keptTraces(this.#store, before, key), undefined);
    const geometry = await this.#geometry(pass, { layers, feature }, earlier);
    const traces = tracesOf(pass, layers, geometry);
    const columns = columnsOf(rows, pass.names);
    const whole: WholeSet = {
      ...{ version, images, classes: rows.labels.classes, modelClasses: rows.labels.modelClasses, labels: columns.labels },
      ...answersOf(rows.outputs, pass.logits, columns),
      dead: deadUnits(pass, layers),
      layer: (layers[feature] as SetLayer).layer.name,
      positions: geometry.positions && byRow(geometry.positions, columns.contents),
      alignedTo: geometry.aligned ? before : undefined,
      ...{ kl: geometry.kl, klFree: geometry.klFree },
      drift: earlier && driftBetween({ version: before as string, traces: earlier }, { version, traces }),
      ms: performance.now() - this.#start,
    };
    await unlessStoreFails(() => keepWhole(this.#store, key, { whole, traces }), undefined);
    return whole;
  }

  async #geometry(
    { names, features, layers: passed }: SetPass,
    { layers, feature }: Pick<Passed, 'layers' | 'feature'>,
    earlier: SetTraces | undefined,
  ): Promise<SetGeometry> {
    const { signal } = this.#context;
    const progress = phase(this.#context, 'layout', 100);
    progress.at(0);
    const points = (data: Float32Array, l: number) => {
      const { dimensions } = (layers[l] as SetLayer).layer;
      return { data, count: data.length / dimensions, dimensions };
    };
    const task = {
      points: points(features, feature),
      before: earlier?.positions && placesOf(earlier, names),
      samples: passed.map(({ means }, l) => points(means, l)),
    };
    return await this.#services.numeric.setGeometry(task, { signal, onProgress: ({ done }) => progress.at(Math.round(100 * done)) });
  }
}

interface Passed {
  known: KnownVersion;
  rows: SetRows;
  layers: readonly SetLayer[];
  /** Which of them the features are read from. */
  feature: number;
  pass: SetPass;
}

function phase({ progress }: Context, name: string, total: number): CollectingProgress {
  return new CollectingProgress(total, ({ done }) => progress({ phase: name, done, total }));
}

/** Where images were [n,2]; NaN: nowhere. */
function placesOf({ names: before, positions }: SetTraces, names: readonly string[]): Float32Array {
  const at = new Map(before.map((name, i) => [name, i]));
  const all = positions as Float32Array;
  const place = (name: string) => (at.has(name) ? [...all.subarray(2 * at.get(name)!, 2 * at.get(name)! + 2)] : [Number.NaN, Number.NaN]);
  return Float32Array.from(names.flatMap(place));
}

function tracesOf({ names, sample }: SetPass, layers: readonly SetLayer[], { neighbours, positions, grams }: SetGeometry): SetTraces {
  return {
    ...{ names, sample, neighbours, positions },
    grams: layers.map(({ layer }, l) => ({ layer: layer.name, gram: compact(grams[l]!) })),
  };
}

/** Units that are positive nowhere in any image. */
function deadUnits({ names, layers: passed }: SetPass, layers: readonly SetLayer[]): DeadUnits[] {
  if (names.length === 0) return [];
  return passed.flatMap(({ alive }, l) => {
    const { name, dimensions } = (layers[l] as SetLayer).layer;
    return alive ? [{ layer: name, units: dimensions, dead: alive.filter((unit) => unit === 0).length }] : [];
  });
}

function byRow(positions: Float32Array, contents: Int32Array): Float32Array {
  const rows = new Float32Array(2 * contents.length).fill(Number.NaN);
  for (const [row, content] of contents.entries()) if (content >= 0) rows.set(positions.subarray(2 * content, 2 * content + 2), 2 * row);
  return rows;
}
