import { isAbort, toErrorRecord } from '../../../src/shared/errors.ts';
import type { Objective, VisualiseRequest } from '../../../src/shared/unitsProtocol.ts';
import { noSearch } from '../../page/classSearch.ts';
import type { Feature, Page } from '../feature.ts';
import { currentUnit } from '../selectors.ts';
import type { VisualiseChoices } from './choices.ts';
import { withinBounds, withProgress, withResult } from './climbs.ts';
import { saveFrames, savePicture } from './exports.ts';
import { climbOf, climbTowards, currentObjective, currentVisualiser, nameOf, requestFor, runningClimb, seedOf } from './selectors.ts';
import type { Climb, VisualiseState } from './state.ts';

/** Seeds that people can remember. */
const largestSeed = 9999;

/** Climbs, one at a time, and keeps what came of it as long as the page is there. */
export class Visualiser implements Feature {
  readonly #page: Page;
  /** Of other models, and of this one under an earlier subject: the same model brings them back. */
  #earlier: readonly Climb[] = [];
  #controller: AbortController | undefined;
  #next = 1;

  constructor(page: Page) {
    this.#page = page;
  }

  sync(): void {
    this.#bringBack();
    this.#takeTurn();
  }

  clear(): void {
    this.cancel();
    const { climbs } = this.#page.store.get().visualise;
    this.#earlier = withinBounds([...this.#earlier, ...climbs], undefined);
  }

  /** Stops the climb that is seen. */
  leave(): boolean {
    const state = this.#page.store.get();
    const unit = currentUnit(state);
    const climb = runningClimb(state);
    if (!climb) return false;
    const { objective } = climb.request;
    const isSeen = unit === undefined ? state.choices.view === 'visualise' : objective.kind === 'unit' && objective.unit === unit;
    return isSeen && this.cancel();
  }

  /** The climbs of this very model, earlier ones too, and only those. */
  #bringBack(): void {
    const { units } = this.#page.store.get();
    if (!units) return;
    const all = [...new Map([...this.#earlier, ...this.#state.climbs].map((climb) => [climb.id, climb])).values()];
    const own = all.filter(({ modelHash }) => modelHash === units.model.hash).sort((a, b) => a.id - b.id);
    this.#earlier = all.filter((climb) => !own.includes(climb));
    if (own.length !== this.#state.climbs.length || own.some((climb, i) => climb !== this.#state.climbs[i])) this.#set({ climbs: own });
  }

  /** Who turns the page to a class has asked for its picture. */
  #takeTurn(): void {
    const { subject, units, choices } = this.#page.store.get();
    const wanted = subject?.turn?.class;
    if (!subject || !units || wanted === undefined || choices.view !== 'visualise') return;
    const begun = `${subject.restore} ${subject.generation}`;
    if (choices.visualise.begun === begun) return;
    this.choose({ of: 'class', class: wanted, begun });
    this.start();
  }

  choose(patch: Partial<VisualiseChoices>): void {
    const { store } = this.#page;
    const { choices } = store.get();
    store.set({ choices: { ...choices, visualise: { ...choices.visualise, ...patch } }, notice: undefined });
  }

  chooseClass(index: number): void {
    this.search(noSearch);
    this.choose({ class: index });
  }

  /** Undefined: as the method has it. */
  chooseParam(id: string, value: number | string | undefined): void {
    const state = this.#page.store.get();
    const method = currentVisualiser(state);
    if (!method) return;
    const { params } = state.choices.visualise;
    const { [id]: _, ...others } = params[method.id] ?? {};
    const usual = value === undefined || value === method.params.find((param) => param.id === id)?.default;
    this.choose({ params: { ...params, [method.id]: usual ? others : { ...others, [id]: value } } });
  }

  resetParams(): void {
    const state = this.#page.store.get();
    const method = currentVisualiser(state);
    if (method) this.choose({ params: { ...state.choices.visualise.params, [method.id]: {} } });
  }

  search(search: VisualiseState['search']): void {
    this.#set({ search });
  }

  /** Puts a climb on the stage. */
  show(id: number): void {
    this.#set({ shown: id, frame: undefined });
  }

  /** Undefined: the last picture, also when a newer one comes. */
  showFrame(frame: number | undefined): void {
    this.#set({ frame });
  }

  /** Climbs what is chosen, or another objective by the chosen method. One that is there already is shown again. */
  start(objective?: Objective): void {
    const state = this.#page.store.get();
    const request = requestFor(state, objective ?? currentObjective(state));
    const known = request && climbOf(state, request);
    if (known?.state === 'done' || known?.state === 'running') this.show(known.id);
    else if (request) void this.#climb(request);
  }

  /** The same from another start. */
  startAnew(): void {
    const state = this.#page.store.get();
    const method = currentVisualiser(state);
    const seed = method && seedOf(method);
    if (!method || !seed) return;
    const now = state.choices.visualise.params[method.id]?.seed ?? seed.default;
    this.chooseParam('seed', otherThan(now, seed.min ?? 0, Math.min(largestSeed, seed.max ?? largestSeed)));
    this.start();
  }

  /** Opens the climb that a unit's page shows in the view of its own. */
  openLarge(objective: Objective & { kind: 'unit' }): void {
    const { layer: _, kind: __, ...chosen } = objective;
    this.choose({ of: 'unit', ...chosen });
    const climb = climbTowards(this.#page.store.get(), objective);
    if (climb) this.show(climb.id);
  }

  /** What there is by now stays. */
  cancel(): boolean {
    const climb = runningClimb(this.#page.store.get());
    this.#controller?.abort();
    this.#controller = undefined;
    if (climb) this.#update(climb.id, () => ({ state: 'stopped', secondsLeft: undefined }));
    return climb !== undefined;
  }

  async savePicture(): Promise<void> {
    this.#page.store.set({ notice: await savePicture(this.#page.store.get(), this.#page.client) });
  }

  async saveFrames(): Promise<void> {
    this.#page.store.set({ notice: await saveFrames(this.#page.store.get(), this.#page.client) });
  }

  async #climb(request: VisualiseRequest): Promise<void> {
    this.cancel();
    const { subject, units } = this.#page.store.get();
    if (!subject || !units) return;
    const controller = new AbortController();
    this.#controller = controller;
    const id = this.#next++;
    const climb = newClimb(id, request, units.model.hash, nameOf(units, request.objective));
    this.#set({ climbs: withinBounds([...this.#state.climbs, climb], id), shown: id, frame: undefined });
    const isOn = () => this.#controller === controller;
    try {
      const result = await this.#page.client.call(
        'visualise',
        { generation: subject.generation, request },
        {
          signal: controller.signal,
          onProgress: (progress) => isOn() && this.#update(id, (now) => withProgress(now, progress)),
        },
      );
      if (isOn()) this.#update(id, (now) => withResult(now, result));
    } catch (error) {
      if (isOn()) this.#update(id, () => (isAbort(error) ? { state: 'stopped' } : { state: 'failed', error: toErrorRecord(error) }));
    }
    if (isOn()) this.#controller = undefined;
  }

  #update(id: number, change: (climb: Climb) => Partial<Climb>): void {
    const { climbs, shown } = this.#state;
    const changed = climbs.map((climb) => (climb.id === id ? { ...climb, ...change(climb) } : climb));
    this.#set({ climbs: withinBounds(changed, shown) });
  }

  get #state(): VisualiseState {
    return this.#page.store.get().visualise;
  }

  #set(patch: Partial<VisualiseState>): void {
    this.#page.store.set({ visualise: { ...this.#state, ...patch } });
  }
}

function newClimb(id: number, request: VisualiseRequest, modelHash: string, name: string): Climb {
  const nothing = { secondsLeft: undefined, trace: [], frames: [], result: undefined, error: undefined };
  return { id, modelHash, request, name, state: 'running', step: 0, steps: 0, ...nothing };
}

/** A whole number in [min, max] that is another one. */
function otherThan(now: number | string, min: number, max: number): number {
  const drawn = min + Math.floor(Math.random() * (max - min + 1));
  if (drawn !== Number(now)) return drawn;
  return drawn < max ? drawn + 1 : min;
}
