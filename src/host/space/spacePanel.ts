import type * as vscode from 'vscode';
import { modelName } from '../../shared/modelFormats.ts';
import { emit, type Handlers, serve } from '../../shared/rpc.ts';
import { SharedJobs } from '../../shared/sharedJobs.ts';
import type { Indexing, SpacePageCalls, SpacePageEvents, SpaceRows, SpaceSubject } from '../../shared/spaceProtocol.ts';
import type { DatasetChange } from '../datasets/dataset.ts';
import type { ImageSet } from '../datasets/imageSet.ts';
import { KnownImages } from '../datasets/knownImages.ts';
import { watchFile, watchModel } from '../fileWatch.ts';
import { loadPage } from '../loadPage.ts';
import { LongWork } from '../longWork.ts';
import { servePages } from '../ports.ts';
import { Showings } from '../showings.ts';
import { Watchers } from '../watchers.ts';
import type { IndexOf } from './indexer.ts';
import { spaceEditorCalls } from './spaceEditorCalls.ts';
import { type SpaceSide, spaceEngineCalls } from './spaceEngineCalls.ts';
import type { SpaceHost } from './spacePanels.ts';
import { describeSpace, type SpaceOf, type SpaceTurn } from './spaceSubject.ts';

/** Work that a new picture in the workspace must not end. */
const long: readonly string[] = ['layout'];

/** The feature space of one model, shown by a page. */
export class SpacePanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #host: SpaceHost;
  readonly #jobs = new SharedJobs();
  readonly #known = new KnownImages();
  readonly #pages: ReturnType<typeof servePages>;
  readonly #watchers = new Watchers();
  readonly #work = new LongWork(long, () => this.show(this.#subject));
  readonly #showings: Showings<SpaceSubject, SpaceTurn>;
  #subject: SpaceOf;
  #dataset: Promise<ImageSet | undefined> = Promise.resolve(undefined);
  /** The images of the data set are known. */
  #isKnown = false;
  /** Folder that what is kept of the data set is in, once that is known. */
  #store: string | undefined;
  /** The file that the labels are from. */
  #labelFile: string | undefined;

  constructor(panel: vscode.WebviewPanel, host: SpaceHost, subject: SpaceOf, turn?: SpaceTurn) {
    this.panel = panel;
    this.#host = host;
    this.#subject = subject;
    this.#pages = servePages(panel.webview, (port) => {
      // What the page before this one had asked for goes on: this one will ask for the same.
      this.#jobs.forsake();
      serve<SpacePageCalls>(port, this.#handlers());
    });
    this.#showings = new Showings(
      (described) => emit<SpacePageEvents, 'subject'>(this.#pages.port, 'subject', described),
      (error) => host.log.error(error),
    );
    loadPage(panel.webview, { name: 'space', extensionUri: host.context.extensionUri });
    this.show(subject, turn);
  }

  get subject(): Readonly<SpaceOf> {
    return this.#subject;
  }

  /** A person waits for something that turning to another model would end. */
  get isBusy(): boolean {
    return this.#work.isUnderWay;
  }

  /** Shows another model, or the same one anew; turns to a view or an image where one is named. */
  show(subject: SpaceOf, turn?: SpaceTurn): void {
    this.#subject = subject;
    this.#work.settled();
    this.#showings.next(turn);
    this.#jobs.abort();
    this.#known.forgetAll();
    this.#known.add(this.#host.chosenImages.all);
    this.#dataset = this.#host.dataset.current();
    this.#isKnown = false;
    this.#labelFile = undefined;
    this.panel.title = `Feature Space: ${modelName(subject.model)}`;
    this.#watch();
    this.#announce();
  }

  /** Turns to a view or an image of what is shown; what runs goes on. */
  turn(turn: SpaceTurn): void {
    this.#showings.goOn(turn);
    this.#announce();
  }

  setPinned(pinned: boolean): void {
    this.#subject = { ...this.#subject, pinned };
    this.#showings.goOn();
    this.#announce();
    this.#host.spaces.changed();
  }

  /** The page may name the picture, now and after a reload of the window. */
  async take(path: string): Promise<void> {
    await this.#host.chosenImages.add(path);
    this.#known.add([path]);
  }

  /** The model's files are others now: what the engine keeps of it is of the old ones. */
  async refresh(): Promise<void> {
    const { engine, indexer } = this.#host;
    const { model } = this.#subject;
    indexer.forget(model);
    if (engine.pid !== undefined) await engine.call('forget', { model });
    this.show(this.#subject);
  }

  /** Files of the data set are shown anew when nothing runs that this would end; another choice is shown at once. */
  datasetChanged(change: DatasetChange): void {
    if (change === 'files') this.#work.changed();
    else this.show(this.#subject);
  }

  /** Tells the page what goes on with the index of what it shows. */
  tell({ model, store }: IndexOf, indexing: Indexing): void {
    if (model === this.#subject.model && store === this.#store) emit<SpacePageEvents, 'indexing'>(this.#pages.port, 'indexing', indexing);
  }

  dispose(): void {
    this.#jobs.abort();
    this.#pages.dispose();
    this.#watchers.dispose();
  }

  #watch(): void {
    const { model } = this.#subject;
    const changed = () => void this.refresh().catch((error) => this.#host.log.error(error));
    const wanted = new Map([[`model ${model}`, () => watchModel(model, changed)]]);
    const labels = this.#labelFile;
    if (labels !== undefined) wanted.set(`labels ${labels}`, () => watchFile(labels, () => this.datasetChanged('files')));
    this.#watchers.keep(wanted);
  }

  #announce(): void {
    const subject = this.#subject;
    const showing = this.#showings.now;
    this.#showings.announce(this.#dataset.then((dataset) => describeSpace(subject, showing, dataset, this.#host.models)));
  }

  /** The data set on show. Throws 'cancelled' where a page's call is about what is no longer shown. */
  async #shown(generation: number): Promise<ImageSet | undefined> {
    this.#showings.expect(generation);
    const dataset = await this.#dataset;
    this.#showings.expect(generation);
    if (!this.#isKnown) this.#know(dataset);
    this.#store = this.#host.stores.of(dataset?.folder ?? '');
    return dataset;
  }

  #know(dataset: ImageSet | undefined): void {
    this.#isKnown = true;
    this.#known.add(dataset?.images ?? []);
    // Also one that cannot be used: it will be mended.
    this.#labelFile = dataset?.labelFile;
    this.#watch();
  }

  async #side(generation: number): Promise<SpaceSide> {
    const { images = [], roots = [], labelFile } = (await this.#shown(generation)) ?? {};
    const { model } = this.#subject;
    return { model, store: this.#store as string, images, roots, ...(labelFile !== undefined && { labelFile }) };
  }

  /** Labels are read anew when their file changes. */
  #gave({ labelSource }: SpaceRows): void {
    this.#labelFile = labelSource.kind === 'file' ? labelSource.file : undefined;
    this.#watch();
  }

  #handlers(): Handlers<SpacePageCalls> {
    const { engine, indexer } = this.#host;
    const [jobs, known] = [this.#jobs, this.#known];
    return {
      ready: async () => {
        const [layouts, methods] = await Promise.all([engine.call('layouts', {}), engine.call('methods', {})]);
        return { subject: await this.#showings.first(), layouts, methods };
      },
      ...spaceEngineCalls({
        ...{ engine, indexer, jobs, known },
        side: (generation) => this.#side(generation),
        during: (call, work) => this.#work.during(call, work),
        gave: (rows) => this.#gave(rows),
      }),
      ...spaceEditorCalls(this.#host, { panel: this, known, shown: (generation) => this.#shown(generation) }),
    };
  }
}
