import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { cancelled, ModelError } from '../shared/errors.ts';
import type { EngineCalls, PageCalls, PageEvents, PanelSubject } from '../shared/protocol.ts';
import { type CallContext, emit, type Handlers, serve } from '../shared/rpc.ts';
import { SharedJobs } from '../shared/sharedJobs.ts';
import { saveSidecar } from '../sidecar/write.ts';
import { exportMap } from './exportMap.ts';
import { watchFile, watchModel } from './fileWatch.ts';
import type { Host } from './host.ts';
import { pageHtml } from './pageHtml.ts';
import { servePages } from './ports.ts';
import { openSidecar } from './sidecarFile.ts';
import { describeSubject, type Subject, workspacePath } from './subject.ts';

type EngineContext<K extends keyof EngineCalls> = CallContext<EngineCalls[K]['progress']>;

/** One explanation: an image and a model, shown by a page. */
export class ExplainPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #host: Host;
  readonly #jobs = new SharedJobs();
  readonly #pages: ReturnType<typeof servePages>;
  readonly #watchers = new Map<string, vscode.Disposable>();
  #subject: Subject;
  #generation = 0;
  #described: Promise<PanelSubject> | undefined;

  constructor(panel: vscode.WebviewPanel, host: Host, subject: Subject) {
    this.panel = panel;
    this.#host = host;
    this.#subject = subject;
    this.#pages = servePages(panel.webview, (port) => {
      // What the page before this one had asked for goes on: this one will ask for the same.
      this.#jobs.forsake();
      serve<PageCalls>(port, this.#handlers());
    });
    this.show(subject);
  }

  get subject(): Readonly<Subject> {
    return this.#subject;
  }

  /** Shows another image or model, or the same ones anew. */
  show(subject: Subject): void {
    this.#subject = subject;
    this.#generation++;
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

  /** The model's or the image's files are others now. */
  async refresh(): Promise<void> {
    const { model } = this.#subject;
    if (model !== undefined && this.#host.engine.pid !== undefined) await this.#host.engine.call('forget', { model });
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

  #watch(): void {
    const { image, model } = this.#subject;
    const changed = () => void this.refresh().catch((error) => this.#host.log.error(error));
    const wanted = new Map([[`image ${image}`, () => watchFile(image, changed)]]);
    if (model !== undefined) wanted.set(`model ${model}`, () => watchModel(model, changed));
    for (const [key, watcher] of this.#watchers) {
      if (wanted.has(key)) continue;
      watcher.dispose();
      this.#watchers.delete(key);
    }
    for (const [key, start] of wanted) if (!this.#watchers.has(key)) this.#watchers.set(key, start());
  }

  /** Classifies while the page is still loading: it will find this under way. */
  #prepare(): void {
    if (this.#subject.model !== undefined) this.#jobs.prepare('predict', (context) => this.#predict(context as EngineContext<'predict'>));
  }

  #announce(): void {
    const generation = this.#generation;
    const described = describeSubject(this.#subject, generation, this.#host.models, this.panel.webview);
    this.#described = described;
    described.then(
      (subject) => this.#described === described && emit<PageEvents, 'subject'>(this.#pages.port, 'subject', subject),
      (error) => this.#host.log.error(error),
    );
  }

  #predict(context: EngineContext<'predict'>) {
    return this.#host.engine.call('predict', { model: this.#model(), image: this.#subject.image }, { signal: context.signal });
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

  #handlers(): Handlers<PageCalls> {
    const { engine } = this.#host;
    const image = () => this.#subject.image;
    return {
      ready: async () => {
        const methods = await engine.call('methods', {});
        return { subject: await this.#described!, methods };
      },
      imagePng: async ({ generation }, context) => {
        this.#expect(generation);
        return await this.#jobs.run('imagePng', context, ({ signal }) => engine.call('imagePng', { image: image() }, { signal }));
      },
      predict: async ({ generation }, context) => {
        this.#expect(generation);
        return await this.#jobs.run('predict', context, (shared) => this.#predict(shared));
      },
      explain: async ({ generation, request, priority = 0 }, context) => {
        this.#expect(generation);
        const params = { model: this.#model(), image: image(), request, priority };
        return await this.#jobs.run(`explain ${JSON.stringify(request)}`, context, ({ signal, progress }) =>
          engine.call('explain', params, { signal, onProgress: progress }),
        );
      },
      preprocessings: async ({ generation }, context) => {
        this.#expect(generation);
        const params = { model: this.#model(), image: image() };
        return await this.#jobs.run('preprocessings', context, ({ signal }) => engine.call('preprocessings', params, { signal }));
      },
      explainAll: async ({ generation, requests, priority = 0 }, context) => {
        this.#expect(generation);
        const params = { model: this.#model(), image: image(), requests, priority };
        return await engine.call('explainAll', params, { signal: context.signal, onProgress: context.progress });
      },
      chooseOther: async () => undefined,
      exportOnnx: async () => ({ savedAs: undefined }),
      ...this.#editorHandlers(),
    };
  }

  #editorHandlers() {
    const host = this.#host;
    return {
      savePreprocessing: async ({ preprocessing }) => {
        await saveSidecar(this.#model(), { input: preprocessing });
        await this.refresh();
      },
      chooseModel: async ({ candidate }) => {
        const found = (await host.models.candidates()).find((each) => workspacePath(each.path) === candidate);
        await host.panels.chooseModel(this, found?.path);
      },
      setPinned: async ({ pinned }) => this.setPinned(pinned),
      export: async (what) => ({ savedAs: await exportMap(what, this.#subject.image, this.#tool()) }),
      openSidecar: () => openSidecar(host.engine, this.#model()),
      revealImage: async () => void (await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(this.#subject.image))),
      showLog: async () => host.log.show(),
    } satisfies Partial<Handlers<PageCalls>>;
  }
}
