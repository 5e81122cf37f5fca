import { isAbort, toErrorRecord } from '../../src/shared/errors.ts';
import type { ExplanationMap, PageCalls, PreprocessingTrial, Provenance } from '../../src/shared/protocol.ts';
import type { Client } from '../../src/shared/rpc.ts';
import { paintPicture } from '../draw/picture.ts';
import { lookOf } from './look.ts';
import type { MapJobs } from './mapJobs.ts';
import { currentLayer, currentMethod, shown, spatialLayers } from './selectors.ts';
import { type Choices, noSearch, type PageState } from './state.ts';
import type { Store } from './store.ts';
import type { SubjectFlow } from './subjectFlow.ts';

export type ExportFormat = 'png' | 'npy' | 'json';

/** Everything the views can do. Views read the state and call these; nothing else changes it. */
export class Actions {
  readonly #store: Store<PageState>;
  readonly #client: Client<PageCalls>;
  readonly #jobs: MapJobs;
  readonly flow: SubjectFlow;
  #settle: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store<PageState>, client: Client<PageCalls>, jobs: MapJobs, flow: SubjectFlow) {
    this.#store = store;
    this.#client = client;
    this.#jobs = jobs;
    this.flow = flow;
  }

  /** Changes how a map looks: computes nothing. */
  look(patch: Pick<Choices, 'opacity' | 'colorMap' | 'divergingMap' | 'range' | 'smooth'>): void {
    this.#store.set({ choices: { ...this.#store.get().choices, ...patch } });
  }

  chooseMethod(id: string): void {
    this.#choose({ method: id });
  }

  chooseVariant(id: string): void {
    const { choices } = this.#store.get();
    const method = currentMethod(this.#store.get());
    if (method) this.#choose({ variants: { ...choices.variants, [method.id]: id } });
  }

  chooseParam(id: string, value: number | string): void {
    const { choices } = this.#store.get();
    const method = currentMethod(this.#store.get());
    if (!method) return;
    const own = { ...choices.params?.[method.id], [id]: value };
    this.#choose({ params: { ...choices.params, [method.id]: own } });
  }

  chooseClass(index: number): void {
    this.#choose({ class: index });
    this.search(noSearch);
  }

  /** `position` in the list of spatial layers. Dragging through many layers asks only for the one it rests at. */
  chooseLayer(position: number): void {
    const { prediction } = this.#store.get();
    const layer = prediction && spatialLayers(prediction)[position];
    if (!layer || layer.name === currentLayer(this.#store.get())) return;
    this.#store.set({ choices: { ...this.#store.get().choices, layer: layer.name } });
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.#jobs.sync(), 90);
  }

  #choose(patch: Choices): void {
    const choices = { ...this.#store.get().choices, ...patch };
    this.#store.set({ choices });
    const method = currentMethod(this.#store.get());
    const variant = method && choices.variants?.[method.id];
    const { variant: _, ...rest } = choices;
    this.#store.set({ choices: variant === undefined ? rest : { ...rest, variant } });
    this.#jobs.sync();
  }

  search(search: PageState['search']): void {
    this.#store.set({ search });
  }

  probe(probe: PageState['probe']): void {
    this.#store.set({ probe });
  }

  peek(peeking: boolean): void {
    if (this.#store.get().peeking !== peeking) this.#store.set({ peeking });
  }

  zoom(zoom: number): void {
    this.#store.set({ zoom: Math.min(16, Math.max(1, zoom)) });
  }

  resized(room: PageState['room']): void {
    const old = this.#store.get().room;
    if (old.width !== room.width || old.height !== room.height) this.#store.set({ room });
  }

  openMenu(menuOpen: boolean): void {
    if (this.#store.get().menuOpen !== menuOpen) this.#store.set({ menuOpen });
  }

  hideWarnings(): void {
    this.#store.set({ warningsHidden: true });
  }

  /** Stops the map on screen, else another map, else the prediction. */
  cancel(): boolean {
    return this.#jobs.cancel() || this.flow.cancel();
  }

  again(key: string): void {
    this.#jobs.again(key);
  }

  retry(): void {
    if (this.#store.get().subject) void this.flow.predict();
    else void this.flow.begin(undefined);
  }

  togglePin(): void {
    const { subject } = this.#store.get();
    if (!subject) return;
    const pinned = !subject.pinned;
    this.#store.set({ subject: { ...subject, pinned } });
    this.#tell(this.#client.call('setPinned', { pinned }));
  }

  chooseModel(candidate?: string): void {
    this.#tell(this.#client.call('chooseModel', candidate === undefined ? {} : { candidate }));
  }

  openSidecar(): void {
    this.#tell(this.#client.call('openSidecar', {}));
  }

  revealImage(): void {
    this.#tell(this.#client.call('revealImage', {}));
  }

  showLog(): void {
    this.#tell(this.#client.call('showLog', {}));
  }

  /** Side errands: a failure is said, nothing else changes. */
  #tell(call: Promise<void>): void {
    call.catch((error) => this.#notice(toErrorRecord(error).message));
  }

  #notice(notice: string): void {
    this.#store.set({ notice });
  }

  async savePreprocessing(trial: PreprocessingTrial): Promise<void> {
    const { trials, subject } = this.#store.get();
    if (!trials || !subject) return;
    this.#store.set({ trials: { ...trials, saving: trial.id, error: undefined } });
    try {
      await this.#client.call('savePreprocessing', { preprocessing: trial.preprocessing });
      // The host usually answers with a new subject; where it does not, the same one is predicted anew.
      if (this.#store.get().subject?.generation !== subject.generation) return;
      this.#jobs.clear();
      await this.flow.predict();
    } catch (error) {
      if (this.#store.get().subject?.generation === subject.generation)
        this.#store.set({ trials: { ...trials, saving: undefined, error: toErrorRecord(error) } });
    }
  }

  async export(format: ExportFormat): Promise<void> {
    this.openMenu(false);
    const state = this.#store.get();
    const { map, stale } = shown(state);
    const provenance = map && provenanceOf(state, map);
    if (!map || stale || !provenance) return;
    try {
      const png =
        format === 'png' ? await paintPicture(state.picture?.element, map, lookOf(state, map), state.prediction?.fed.covers) : undefined;
      const { savedAs } = await this.#client.call('export', { format, map, provenance, ...(png && { png }) });
      if (savedAs !== undefined) this.#notice(`Saved as ${savedAs}.`);
    } catch (error) {
      if (!isAbort(error)) this.#notice(`Not saved: ${toErrorRecord(error).message}`);
    }
  }
}

/** Where a map comes from, written beside every export. */
function provenanceOf({ prediction }: PageState, map: ExplanationMap): Provenance | undefined {
  if (!prediction) return undefined;
  const { model, image } = prediction;
  return {
    tool: 'Glassbox',
    model: model.path,
    modelHash: model.hash,
    image: image.path,
    imageHash: image.hash,
    method: map.method,
    variant: map.variant,
    layer: map.layer,
    class: map.class,
    target: map.target,
    params: map.params,
    engine: map.engine,
    preprocessing: model.preprocessing,
  };
}
