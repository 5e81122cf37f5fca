import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { ModelError } from '../shared/errors.ts';
import type { OfSubject, OtherSubject, PageCalls, PageEvents, PanelSubject } from '../shared/protocol.ts';
import { emit, type Handlers, serve } from '../shared/rpc.ts';
import { SharedJobs } from '../shared/sharedJobs.ts';
import { answerHandlers } from './answers.ts';
import { chooseOther } from './chooseOther.ts';
import { engineHandlers, predictKey } from './engineHandlers.ts';
import { exportMap, exportOnnx, exportPicture } from './exportMap.ts';
import { watchFile, watchModel } from './fileWatch.ts';
import type { Host } from './host.ts';
import { loadPage } from './loadPage.ts';
import { describeOther, type Other, otherOf, pairOf } from './otherSubject.ts';
import { servePages } from './ports.ts';
import { Showings } from './showings.ts';
import { openSidecar } from './sidecarFile.ts';
import { describeSubject, type Subject, type Turn, workspacePath } from './subject.ts';
import { Watchers } from './watchers.ts';

/** One explanation: an image and a model, shown by a page. */
export class ExplainPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #host: Host;
  readonly #jobs = new SharedJobs();
  readonly #pages: ReturnType<typeof servePages>;
  readonly #watchers = new Watchers();
  readonly #showings: Showings<PanelSubject, Turn>;
  /** What the page compares with, by id. */
  readonly #others = new Map<string, Other>();
  #subject: Subject;

  constructor(panel: vscode.WebviewPanel, host: Host, subject: Subject, turn?: Turn) {
    this.panel = panel;
    this.#host = host;
    this.#subject = subject;
    this.#pages = servePages(panel.webview, (port) => {
      // What the page before this one had asked for goes on: this one will ask for the same.
      this.#jobs.forsake();
      serve<PageCalls>(port, this.#handlers());
    });
    this.#showings = new Showings(
      (described) => emit<PageEvents, 'subject'>(this.#pages.port, 'subject', described),
      (error) => host.log.error(error),
    );
    this.show(subject, turn);
  }

  get subject(): Readonly<Subject> {
    return this.#subject;
  }

  /** Shows another image or model, or the same ones anew; turns to a method or a layer where one is named. */
  show(subject: Subject, turn?: Turn): void {
    this.#subject = subject;
    this.#showings.next(turn);
    // A page that still compares will ask again.
    this.#others.clear();
    this.#jobs.abort();
    this.panel.title = `Explain: ${basename(subject.image)}`;
    const { extensionUri } = this.#host.context;
    loadPage(this.panel.webview, { name: 'explain', extensionUri, folders: [dirname(subject.image)] });
    this.#watch();
    this.#prepare();
    this.#announce();
  }

  setPinned(pinned: boolean): void {
    this.#subject = { ...this.#subject, pinned };
    this.#announce();
    this.#host.panels.changed();
  }

  /** The files of a model or an image are others now. */
  async refresh(): Promise<void> {
    const { engine } = this.#host;
    const models = new Set(this.#pairs().flatMap(({ model }) => model ?? []));
    for (const model of models) if (engine.pid !== undefined) await engine.call('forget', { model });
    this.show(this.#subject);
  }

  dispose(): void {
    this.#jobs.abort();
    this.#pages.dispose();
    this.#watchers.dispose();
  }

  /** The panel's own image and model, and what they are compared with. */
  #pairs() {
    return [undefined, ...this.#others.values()].map((other) => pairOf(this.#subject, other));
  }

  #watch(): void {
    const changed = () => void this.refresh().catch((error) => this.#host.log.error(error));
    const wanted = new Map<string, () => vscode.Disposable>();
    for (const { image, model } of this.#pairs()) {
      wanted.set(`image ${image}`, () => watchFile(image, changed));
      if (model !== undefined) wanted.set(`model ${model}`, () => watchModel(model, changed));
    }
    this.#watchers.keep(wanted);
  }

  /** Classifies while the page is still loading: it will find this under way. */
  #prepare(): void {
    const { image, model } = this.#subject;
    if (model === undefined) return;
    this.#jobs.prepare(predictKey, ({ signal }) => this.#host.engine.call('predict', { model, image }, { signal }));
  }

  #announce(): void {
    this.#showings.announce(describeSubject(this.#subject, this.#showings.now, this.#host.models, this.panel.webview));
  }

  #model(): string {
    const { model } = this.#subject;
    if (model === undefined) throw new ModelError('input', 'No model is chosen.', { hint: 'Choose a model.' });
    return model;
  }

  #tool(): string {
    return `Glassbox ${this.#host.context.extension.packageJSON.version}`;
  }

  /** Image and model of a page's call. */
  #sides({ generation, other }: OfSubject) {
    this.#showings.expect(generation);
    if (other !== undefined && !this.#others.has(other)) {
      this.#others.set(other, otherOf(other));
      this.#watch();
    }
    const { image, model } = pairOf(this.#subject, other === undefined ? undefined : this.#others.get(other));
    return { image, model: () => model ?? this.#model() };
  }

  #handlers(): Handlers<PageCalls> {
    const { engine } = this.#host;
    return {
      ready: async () => {
        const methods = await engine.call('methods', {});
        return { subject: await this.#showings.first(), methods };
      },
      ...engineHandlers(engine, this.#jobs, (of) => this.#sides(of)),
      ...answerHandlers(
        () => this.#model(),
        () => this.refresh(),
      ),
      ...this.#editorHandlers(),
    };
  }

  async #chooseOther({ generation, what }: PageCalls['chooseOther']['params']): Promise<OtherSubject | undefined> {
    this.#showings.expect(generation);
    const other = await chooseOther(this.#host.models, { image: this.#subject.image, model: this.#model() }, what);
    this.#showings.expect(generation);
    return other && describeOther(other, this.#subject);
  }

  #editorHandlers() {
    const host = this.#host;
    return {
      chooseOther: (params) => this.#chooseOther(params),
      exportOnnx: async ({ generation, request }, { signal }) => {
        this.#showings.expect(generation);
        return { savedAs: await exportOnnx(host.engine, { model: this.#model(), image: this.#subject.image, request }, signal) };
      },
      layerShown: async ({ generation, layer }) => {
        if (generation === this.#showings.now.generation) await host.tree.follow({ model: this.#model(), layer });
      },
      revealLayer: async ({ generation, layer }) => {
        this.#showings.expect(generation);
        await vscode.commands.executeCommand('glassbox.revealLayer', { model: this.#model(), layer });
      },
      showUnits: async ({ generation, ...turn }) => {
        this.#showings.expect(generation);
        await vscode.commands.executeCommand('glassbox.showUnits', { model: this.#model(), image: this.#subject.image, ...turn });
      },
      findSimilar: async ({ generation }) => {
        this.#showings.expect(generation);
        await vscode.commands.executeCommand('glassbox.findSimilar', { model: this.#model(), image: this.#subject.image });
      },
      chooseModel: async ({ candidate }) => {
        const found = (await host.models.candidates()).find((each) => workspacePath(each.path) === candidate);
        await host.panels.chooseModel(this, found?.path);
      },
      setPinned: async ({ pinned }) => this.setPinned(pinned),
      export: async (what) => ({ savedAs: await exportMap(what, this.#subject.image, this.#tool()) }),
      exportPicture: async (what) => ({ savedAs: await exportPicture(what, this.#subject.image, this.#tool()) }),
      openSidecar: () => openSidecar(host.engine, this.#model()),
      revealImage: async () => void (await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(this.#subject.image))),
      showLog: async () => host.log.show(),
    } satisfies Partial<Handlers<PageCalls>>;
  }
}
