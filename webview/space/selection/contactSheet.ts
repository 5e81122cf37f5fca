import { isAbort, toErrorRecord } from '../../../src/shared/errors.ts';
import type { SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import type { Page } from '../feature.ts';
import { saveSheet } from './saveSheet.ts';
import type { SheetChoices } from './sheetChoices.ts';
import { imageOf, requestFor } from './sheetModel.ts';
import type { Sheet, SheetImage, Tile } from './sheetState.ts';

/** More pictures nobody looks at on one sheet. */
export const mostImages = 200;

/** Pictures with a heatmap over each, computed one after the other. */
export class ContactSheet {
  readonly #page: Page;
  #controller: AbortController | undefined;

  constructor(page: Page) {
    this.#page = page;
  }

  open(rows: SpaceRows, selected: readonly number[], title: string): void {
    const images = selected.slice(0, mostImages).map((row) => imageOf(rows, row));
    const leftOut = selected.length - images.length;
    this.#tell({ title, images, leftOut, tiles: new Map(), running: false });
    void this.#run();
  }

  close(): void {
    this.stop();
    this.#tell(undefined);
  }

  stop(): void {
    this.#controller?.abort();
    this.#controller = undefined;
    const { sheet } = this;
    if (sheet?.running) this.#tell({ ...sheet, running: false });
  }

  /** Goes on where it was stopped; what failed is tried again. */
  resume(): void {
    const { sheet } = this;
    if (!sheet || sheet.running) return;
    this.#tell({ ...sheet, tiles: new Map([...sheet.tiles].filter(([, tile]) => 'map' in tile)) });
    void this.#run();
  }

  /** Escape: first stops what runs. */
  leave(): boolean {
    const { sheet } = this;
    if (!sheet) return false;
    if (sheet.running) this.stop();
    else this.close();
    return true;
  }

  choose(patch: Partial<SheetChoices>): void {
    const { store } = this.#page;
    const { choices } = store.get();
    const { selection } = choices;
    store.set({ choices: { ...choices, selection: { ...selection, sheet: { ...selection.sheet, ...patch } } } });
    // Other maps; everything else is another look at the same ones.
    if (patch.method === undefined && patch.target === undefined) return;
    this.stop();
    const { sheet } = this;
    if (!sheet) return;
    this.#tell({ ...sheet, tiles: new Map() });
    void this.#run();
  }

  async save(): Promise<void> {
    this.#page.store.set({ notice: await saveSheet(this.#page.store.get(), this.#page.client) });
  }

  explain(path: string): void {
    const { subject } = this.#page.store.get();
    if (!subject) return;
    this.#page.client.call('explainImages', { generation: subject.generation, images: [path] }).catch((error) => {
      if (!isAbort(error)) this.#page.store.set({ notice: toErrorRecord(error).message });
    });
  }

  get sheet(): Sheet | undefined {
    return this.#page.store.get().selection.sheet;
  }

  async #run(): Promise<void> {
    const { sheet } = this;
    const { subject } = this.#page.store.get();
    if (!sheet || !subject) return;
    const controller = new AbortController();
    this.#controller = controller;
    this.#tell({ ...sheet, running: true });
    for (const image of sheet.images.filter(({ path }) => !sheet.tiles.has(path))) {
      const tile = await this.#tileOf(image, subject.generation, controller.signal);
      if (controller.signal.aborted) return;
      // Stopped from elsewhere: the host is about to show something else.
      if (!tile) break;
      const now = this.sheet;
      if (now) this.#tell({ ...now, tiles: new Map(now.tiles).set(image.path, tile) });
    }
    this.stop();
  }

  async #tileOf(image: SheetImage, generation: number, signal: AbortSignal): Promise<Tile | undefined> {
    const request = requestFor(this.#page.store.get(), image);
    if ('code' in request) return { error: request };
    try {
      return await this.#page.client.call('explain', { generation, image: image.path, request }, { signal });
    } catch (error) {
      return isAbort(error) ? undefined : { error: toErrorRecord(error) };
    }
  }

  #tell(sheet: Sheet | undefined): void {
    const { store } = this.#page;
    const { selection } = store.get();
    if (selection.sheet !== sheet) store.set({ selection: { ...selection, sheet } });
  }
}
