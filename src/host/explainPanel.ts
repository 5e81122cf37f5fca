import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { cancelled, ModelError } from '../shared/errors.ts';
import type { OfSubject, OtherSubject, PageCalls, PageEvents, PanelSubject } from '../shared/protocol.ts';
import { emit, type Handlers, serve } from '../shared/rpc.ts';
import { SharedJobs } from '../shared/sharedJobs.ts';
import { answerHandlers } from './answers.ts';
import { chooseOther } from './chooseOther.ts';
import { engineHandlers, predictKey } from './engineHandlers.ts';
import { exportMap, exportOnnx, exportPicture } from './exportMap.ts';
import { watchFile, watchModel } from './fileWatch.ts';
import type { Host } from './host.ts';
import { describeOther, type Other, otherOf, pairOf } from './otherSubject.ts';
import { pageHtml } from './pageHtml.ts';
import { servePages } from './ports.ts';
import { openSidecar } from './sidecarFile.ts';
import { describeSubject, type Subject, type Turn, workspacePath } from './subject.ts';

/** One explanation: an image and a model, shown by a page. */
export class ExplainPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #host: Host;
  readonly #jobs = new SharedJobs();
  readonly #pages: ReturnType<typeof servePages>;
  readonly #watchers = new Map<string, vscode.Disposable>();
  /** What the page compares with, by id. */
  readonly #others = new Map<string, Other>();
  #subject: Subject;
  #generation = 0;
  /** What the page is to turn to, and whether a page has been told. */
  #turn: Turn = {};
  #told = false;
  #described: Promise<PanelSubject> | undefined;

  constructor(panel: vscode.WebviewPanel, host: Host, subject: Subject, turn?: Turn) {
    this.panel = panel;
    this.#host = host;
    this.#subject = subject;
    this.#pages = servePages(panel.webview, (port) => {
      // What the page before this one had asked for goes on: this one will ask for the same.
      this.#jobs.forsake();
      serve<PageCalls>(port, this.#handlers());
    });
    this.show(subject, turn);
  }

  get subject(): Readonly<Subject> {
    return this.#subject;
  }

  /** Shows another image or model, or the same ones anew; turns to a method or a layer where one is named. */
  show(subject: Subject, turn?: Turn): void {
    this.#subject = subject;
    this.#turn = turn ?? (this.#told ? {} : this.#turn);
    this.#generation++;
    // A page that still compares will ask again.
    this.#others.clear();
    this.#jobs.abort();
    this.panel.title = `Explain: ${basename(subject.image)}`;
    this.#allowImageFolder();
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
    for (const each of this.#watchers.values()) each.dispose();
  }

  /** The page may load its own files and the image's folder. Setting the same options again would reload it. */
  #allowImageFolder(): void {
    const { webview } = this.panel;
    const { extensionUri } = this.#host.context;
    const pageFolder = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    const roots = [pageFolder, vscode.Uri.file(dirname(this.#subject.image))];
    const now = webview.options.localResourceRoots ?? [];
    const same = roots.length === now.length && roots.every((root, index) => root.toString() === now[index]?.toString());
    if (!same || !webview.options.enableScripts) webview.options = { enableScripts: true, localResourceRoots: roots };
    if (webview.html !== '') return;
    const uri = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(pageFolder, file)).toString();
    webview.html = pageHtml({ script: uri('explain.js'), style: uri('explain.css'), source: webview.cspSource });
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
    for (const [key, watcher] of this.#watchers) {
      if (wanted.has(key)) continue;
      watcher.dispose();
      this.#watchers.delete(key);
    }
    for (const [key, start] of wanted) if (!this.#watchers.has(key)) this.#watchers.set(key, start());
  }

  /** Classifies while the page is still loading: it will find this under way. */
  #prepare(): void {
    const { image, model } = this.#subject;
    if (model === undefined) return;
    this.#jobs.prepare(predictKey, ({ signal }) => this.#host.engine.call('predict', { model, image }, { signal }));
  }

  #announce(): void {
    const showing = { generation: this.#generation, turn: this.#turn };
    const described = describeSubject(this.#subject, showing, this.#host.models, this.panel.webview);
    this.#described = described;
    described.then(
      (subject) => this.#described === described && emit<PageEvents, 'subject'>(this.#pages.port, 'subject', subject),
      (error) => this.#host.log.error(error),
    );
  }

  #model(): string {
    const { model } = this.#subject;
    if (model === undefined) throw new ModelError('input', 'No model is chosen.', { hint: 'Choose a model.' });
    return model;
  }

  #tool(): string {
    return `Glassbox ${this.#host.context.extension.packageJSON.version}`;
  }

  /** A page's call about a subject that is no longer shown. */
  #expect(generation: number): void {
    if (generation !== this.#generation) throw cancelled();
  }

  /** Image and model of a page's call. */
  #sides({ generation, other }: OfSubject) {
    this.#expect(generation);
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
        const subject = await this.#described!;
        this.#told = true;
        return { subject, methods };
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
    this.#expect(generation);
    const other = await chooseOther(this.#host.models, { image: this.#subject.image, model: this.#model() }, what);
    this.#expect(generation);
    return other && describeOther(other, this.#subject);
  }

  #editorHandlers() {
    const host = this.#host;
    return {
      chooseOther: (params) => this.#chooseOther(params),
      exportOnnx: async ({ generation, request }, { signal }) => {
        this.#expect(generation);
        return { savedAs: await exportOnnx(host.engine, { model: this.#model(), image: this.#subject.image, request }, signal) };
      },
      layerShown: async ({ generation, layer }) => {
        if (generation === this.#generation) await host.tree.follow({ model: this.#model(), layer });
      },
      revealLayer: async ({ generation, layer }) => {
        this.#expect(generation);
        await vscode.commands.executeCommand('glassbox.revealLayer', { model: this.#model(), layer });
      },
      showUnits: async ({ generation, ...turn }) => {
        this.#expect(generation);
        await vscode.commands.executeCommand('glassbox.showUnits', { model: this.#model(), image: this.#subject.image, ...turn });
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
