import { toErrorRecord } from '../../src/shared/errors.ts';
import type { MethodFamily, PageCalls, Rect } from '../../src/shared/protocol.ts';
import type { Client } from '../../src/shared/rpc.ts';
import { noSearch } from '../page/classSearch.ts';
import type { Store } from '../page/store.ts';
import { Answers } from './answers.ts';
import { CompareActions } from './compare/compareActions.ts';
import { type ExportFormat, exportShown } from './exports.ts';
import type { MapJobs } from './mapJobs.ts';
import { currentClass, currentLayer, currentMethod, jobOf, spatialLayers } from './selectors.ts';
import type { Choices, PageState } from './state.ts';
import type { SubjectFlow } from './subjectFlow.ts';
import { cellsUnder, currentAgainst, mistake } from './targets.ts';

/** Everything the views can do. Views read the state and call these; nothing else changes it. */
export class Actions {
  readonly #store: Store<PageState>;
  readonly #client: Client<PageCalls>;
  readonly #jobs: MapJobs;
  readonly flow: SubjectFlow;
  readonly compare: CompareActions;
  readonly answers: Answers;

  constructor(store: Store<PageState>, client: Client<PageCalls>, jobs: MapJobs, flow: SubjectFlow) {
    this.#store = store;
    this.#client = client;
    this.#jobs = jobs;
    this.flow = flow;
    this.compare = new CompareActions(store, client, () => jobs.sync());
    this.answers = new Answers(store, client, jobs, flow);
  }

  /** Changes how a map looks: computes nothing. */
  look(patch: Pick<Choices, 'opacity' | 'colorMap' | 'divergingMap' | 'range' | 'smooth'>): void {
    this.#store.set({ choices: { ...this.#store.get().choices, ...patch } });
  }

  /** Shows the methods of a family; the chosen one stays. */
  chooseFamily(family: MethodFamily): void {
    this.#store.set({ family });
    this.#jobs.syncAtRest();
  }

  chooseMethod(id: string): void {
    this.#store.set({ family: undefined, reading: undefined });
    this.#choose({ method: id });
    const method = currentMethod(this.#store.get());
    const job = method && jobOf(this.#store.get(), method);
    // A thumb that was cancelled before it came: choosing it asks for it.
    if (job?.state === 'stopped' && !job.map) this.again(job.key);
  }

  chooseVariant(id: string): void {
    const { choices } = this.#store.get();
    const method = currentMethod(this.#store.get());
    if (method) this.#choose({ variants: { ...choices.variants, [method.id]: id } });
  }

  /** Undefined: as the method has it. */
  chooseParam(id: string, value: number | string | undefined): void {
    const { choices } = this.#store.get();
    const method = currentMethod(this.#store.get());
    if (!method) return;
    const { [id]: _, ...others } = choices.params?.[method.id] ?? {};
    const usual = value === undefined || value === method.params.find((p) => p.id === id)?.default;
    this.#choose({ params: { ...choices.params, [method.id]: usual ? others : { ...others, [id]: value } } });
  }

  resetParams(): void {
    const { choices } = this.#store.get();
    const method = currentMethod(this.#store.get());
    if (method) this.#choose({ params: { ...choices.params, [method.id]: {} } });
  }

  /** Sets the explained class, or the one subtracted, whichever is being chosen. */
  chooseClass(index: number): void {
    const state = this.#store.get();
    const explained = currentClass(state);
    if (explained === undefined) return;
    this.search(noSearch);
    if (state.slot === 'class') this.#target(index, currentAgainst(state, explained));
    else this.#target(explained, index);
  }

  /** What the next choice of a class sets. */
  fill(slot: PageState['slot']): void {
    this.#store.set({ slot });
  }

  swapTarget(): void {
    const state = this.#store.get();
    const explained = currentClass(state);
    const against = currentAgainst(state, explained);
    if (against !== undefined) this.#target(against, explained);
  }

  clearAgainst(): void {
    const explained = currentClass(this.#store.get());
    if (explained !== undefined) this.#target(explained, undefined);
  }

  /** Why the predicted class rather than the true one. */
  explainMistake(): void {
    const found = mistake(this.#store.get());
    if (found) this.#target(found.predicted, found.truth);
  }

  #target(explained: number, against: number | undefined): void {
    this.#store.set({ slot: 'class' });
    const { against: _, ...rest } = this.#store.get().choices;
    this.#store.set({ choices: rest });
    this.#choose({ class: explained, ...(against !== undefined && against !== explained && { against }) });
  }

  /** Takes the region tool in hand, or puts it away. */
  mark(marking: PageState['marking']): void {
    this.#store.set({ marking });
  }

  /** Explains the mean over a rectangle of image pixels, in whole cells of the dense output; undefined: over all of it. */
  chooseRegion(pixels: Rect | undefined): void {
    const { prediction, choices } = this.#store.get();
    const region = pixels && prediction && cellsUnder(prediction, pixels);
    const { region: _, ...rest } = choices;
    this.#store.set({ marking: undefined, choices: rest });
    this.#choose(region ? { region } : {});
  }

  /** `position` in the list of spatial layers. Dragging through many layers asks only for the one it rests at. */
  chooseLayer(position: number): void {
    const { prediction } = this.#store.get();
    const layer = prediction && spatialLayers(prediction)[position];
    if (!layer || layer.name === currentLayer(this.#store.get())) return;
    this.#store.set({ choices: { ...this.#store.get().choices, layer: layer.name } });
    this.#jobs.syncAtRest();
  }

  #choose(patch: Choices): void {
    this.#store.set({ choices: { ...this.#store.get().choices, ...patch } });
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

  /** Opens or closes the card about the method. */
  showAbout(about: boolean): void {
    const { choices } = this.#store.get();
    if ((choices.about ?? true) !== about) this.#store.set({ choices: { ...choices, about } });
  }

  /** Reads a point of a check's chart. */
  read(reading: PageState['reading']): void {
    this.#store.set({ reading });
  }

  hideWarnings(): void {
    this.#store.set({ warningsHidden: true });
  }

  /** Puts away what is in hand, else stops what runs. Returns whether there was anything. */
  leave(): boolean {
    const { marking, slot } = this.#store.get();
    if (!marking && slot === 'class') return this.answers.dismiss() || this.cancel();
    this.#store.set({ marking: undefined, slot: 'class' });
    return true;
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

  /** Shows the layer of the map in the model's file. */
  revealLayer(): void {
    const { subject } = this.#store.get();
    const layer = currentLayer(this.#store.get());
    if (subject && layer !== undefined) this.#tell(this.#client.call('revealLayer', { generation: subject.generation, layer }));
  }

  /** Opens the page about units. */
  showUnits(to: Omit<PageCalls['showUnits']['params'], 'generation'>): void {
    const { subject } = this.#store.get();
    if (subject) this.#tell(this.#client.call('showUnits', { generation: subject.generation, ...to }));
  }

  /** Opens the page about the feature space, at what lies nearest to the image. */
  findSimilar(): void {
    const { subject } = this.#store.get();
    if (subject) this.#tell(this.#client.call('findSimilar', { generation: subject.generation }));
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

  async export(format: ExportFormat): Promise<void> {
    this.openMenu(false);
    const notice = await exportShown(this.#store.get(), this.#client, format);
    if (notice !== undefined) this.#notice(notice);
  }
}
