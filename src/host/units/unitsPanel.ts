import type * as vscode from 'vscode';
import { modelName } from '../../shared/modelFormats.ts';
import { emit, type Handlers, serve } from '../../shared/rpc.ts';
import { SharedJobs } from '../../shared/sharedJobs.ts';
import type { UnitsPageCalls, UnitsPageEvents, UnitsSubject } from '../../shared/unitsProtocol.ts';
import type { DatasetChange } from '../datasets/dataset.ts';
import type { ImageSet } from '../datasets/imageSet.ts';
import { KnownImages } from '../datasets/knownImages.ts';
import { watchFile, watchModel } from '../fileWatch.ts';
import { loadPage } from '../loadPage.ts';
import { LongWork } from '../longWork.ts';
import { servePages } from '../ports.ts';
import { Showings } from '../showings.ts';
import { Watchers } from '../watchers.ts';
import { unitEditorCalls } from './unitEditorCalls.ts';
import { type UnitsSide, unitEngineCalls } from './unitEngineCalls.ts';
import type { UnitsHost } from './unitsPanels.ts';
import { describeUnits, type UnitsOf, type UnitsTurn } from './unitsSubject.ts';

/** Work that a new picture in the workspace must not end. */
const long: readonly string[] = ['collect', 'visualise'];

/** The units of one model, shown by a page. */
export class UnitsPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #host: UnitsHost;
  readonly #jobs = new SharedJobs();
  readonly #known = new KnownImages();
  readonly #pages: ReturnType<typeof servePages>;
  readonly #watchers = new Watchers();
  readonly #work = new LongWork(long, () => this.show(this.#subject));
  readonly #showings: Showings<UnitsSubject, UnitsTurn>;
  #subject: UnitsOf;
  #dataset: Promise<ImageSet | undefined> = Promise.resolve(undefined);

  constructor(panel: vscode.WebviewPanel, host: UnitsHost, subject: UnitsOf, turn?: UnitsTurn) {
    this.panel = panel;
    this.#host = host;
    this.#subject = subject;
    this.#pages = servePages(panel.webview, (port) => {
      // What the page before this one had asked for goes on: this one will ask for the same.
      this.#jobs.forsake();
      serve<UnitsPageCalls>(port, this.#handlers());
    });
    this.#showings = new Showings(
      (described) => emit<UnitsPageEvents, 'subject'>(this.#pages.port, 'subject', described),
      (error) => host.log.error(error),
    );
    loadPage(panel.webview, { name: 'units', extensionUri: host.context.extensionUri });
    this.show(subject, turn);
  }

  get subject(): Readonly<UnitsOf> {
    return this.#subject;
  }

  /** A person waits for something that turning to another model would end. */
  get isBusy(): boolean {
    return this.#work.isUnderWay;
  }

  /** Shows another model or image, or the same ones anew; turns to a view, a layer, a unit or a class where one is named. */
  show(subject: UnitsOf, turn?: UnitsTurn): void {
    this.#subject = subject;
    this.#work.settled();
    this.#showings.next(turn);
    this.#jobs.abort();
    this.#known.forgetAll();
    this.#dataset = this.#host.dataset.current();
    this.panel.title = `Units: ${modelName(subject.model)}`;
    this.#watch();
    this.#announce();
  }

  setPinned(pinned: boolean): void {
    this.#subject = { ...this.#subject, pinned };
    // A page takes whatever it is told for something new, and would end what runs.
    if (this.isBusy) this.#work.changed();
    else this.#announce();
    this.#host.units.changed();
  }

  /** The model's files are others now: what the engine keeps of it is of the old ones. */
  async refresh(): Promise<void> {
    const { engine } = this.#host;
    if (engine.pid !== undefined) await engine.call('forget', { model: this.#subject.model });
    this.show(this.#subject);
  }

  /** Files of the data set are shown anew when nothing runs that this would end; another choice is shown at once. */
  datasetChanged(change: DatasetChange): void {
    if (change === 'files') this.#work.changed();
    else this.show(this.#subject);
  }

  dispose(): void {
    this.#jobs.abort();
    this.#pages.dispose();
    this.#watchers.dispose();
  }

  #watch(): void {
    const { model, image } = this.#subject;
    const changed = () => void this.refresh().catch((error) => this.#host.log.error(error));
    const wanted = new Map([[`model ${model}`, () => watchModel(model, changed)]]);
    if (image !== undefined) wanted.set(`image ${image}`, () => watchFile(image, () => this.datasetChanged('files')));
    this.#watchers.keep(wanted);
  }

  #announce(): void {
    const subject = this.#subject;
    const showing = this.#showings.now;
    this.#showings.announce(this.#dataset.then((dataset) => describeUnits(subject, showing, dataset, this.#host.models)));
  }

  /** What a page's call is about. Throws 'cancelled' where that is no longer shown. */
  async #side(generation: number): Promise<UnitsSide> {
    this.#showings.expect(generation);
    const { sample, folder = '' } = (await this.#dataset) ?? {};
    const images = sample?.images ?? [];
    this.#showings.expect(generation);
    const { model, image } = this.#subject;
    this.#known.add(images);
    if (image !== undefined) this.#known.add([image]);
    return { model, store: this.#host.stores.of(folder), images };
  }

  #handlers(): Handlers<UnitsPageCalls> {
    const { engine } = this.#host;
    const [jobs, known] = [this.#jobs, this.#known];
    const side = (generation: number) => this.#side(generation);
    return {
      ready: async () => {
        const visualisers = await engine.call('visualisers', {});
        return { subject: await this.#showings.first(), visualisers };
      },
      ...unitEngineCalls({ engine, jobs, known, side, during: (call, work) => this.#work.during(call, work) }),
      ...unitEditorCalls(this.#host, { panel: this, known, side }),
    };
  }
}
