import * as vscode from 'vscode';
import { columnBeside, revealIn } from './columns.ts';
import { ExplainPanel } from './explainPanel.ts';
import type { Host, Services } from './host.ts';
import { pickModel } from './modelPicker.ts';
import type { LayerTarget } from './modelTree/pickLayer.ts';
import { PanelSet } from './panelSet.ts';
import { settings } from './settings.ts';
import { restoreSubject, type Turn } from './subject.ts';
import { viewType } from './viewType.ts';

interface ExplainOptions {
  /** In a pinned panel. */
  own?: boolean;
  /** What the panel turns to; where it is new, the method is else the setting's. */
  turn?: Turn;
  /** The focus stays where it is. */
  quiet?: boolean;
}

/** All panels: which one the next image goes to, and what happens to them when the model or the engine changes. */
export class ExplainPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #host: Host;
  readonly #panels: PanelSet<ExplainPanel>;
  #lastImage: string | undefined;
  readonly #subscriptions: vscode.Disposable[];

  constructor(services: Services) {
    this.#host = { ...services, panels: this };
    this.#panels = new PanelSet('glassbox.panelPinned', services.context.extensionUri);
    this.#subscriptions = [
      vscode.window.registerWebviewPanelSerializer(viewType, this),
      services.models.onDidChange((model) => this.#follow(model)),
    ];
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
  }

  get active(): ExplainPanel | undefined {
    return this.#panels.active;
  }

  /** The panel a person means who is looking elsewhere: the one in front, else the one that was last. */
  get recent(): ExplainPanel | undefined {
    return this.#panels.recent;
  }

  /** Absolute path of the image that was explained last, also when its panel is closed. */
  get lastImage(): string | undefined {
    return this.#lastImage;
  }

  /**
   * Shows an image in the panel that is not pinned, or in a pinned one of its own. Opens at once; the model follows.
   */
  async explain(image: string, { own = false, turn, quiet = false }: ExplainOptions = {}): Promise<void> {
    this.#lastImage = image;
    const open = own ? undefined : this.#panels.find((each) => !each.subject.pinned);
    const model = await quickly(this.#host.models.current());
    const subject = { image, model: model ?? undefined, pinned: own };
    if (open) {
      open.show(subject, turn);
      await raise(open, image, quiet);
    } else {
      this.#create(subject, { method: settings().defaultMethod, ...turn }, quiet);
    }
    // The search for models takes longer than a panel may take to appear.
    if (model === null) this.#follow(await this.#host.models.current());
  }

  /** Brings the panel of an image to the front. */
  reveal(image: string): void {
    this.#panels.find((each) => each.subject.image === image)?.panel.reveal();
  }

  /** Turns a panel to a layer of a model, which becomes the one in use; a pinned panel of another model is left alone. */
  async explainAtLayer(image: string, { model, layer }: LayerTarget, panel: ExplainPanel | undefined): Promise<void> {
    const fits = panel && (!panel.subject.pinned || panel.subject.model === model) ? panel : undefined;
    if (!fits?.subject.pinned && (await this.#host.models.current()) !== model) await this.#host.models.use(model);
    if (!fits) return await this.explain(image, { turn: { layer }, quiet: true });
    fits.show({ ...fits.subject, model }, { layer });
    await raise(fits, model, true);
  }

  pickModel(panel?: ExplainPanel): Promise<string | undefined> {
    return pickModel(this.#host.models, panel?.subject.image);
  }

  /** For one panel where it is pinned, else for all that are not. Asks unless `model` tells. */
  async chooseModel(panel: ExplainPanel | undefined, model?: string): Promise<void> {
    const chosen = model ?? (await this.pickModel(panel));
    if (chosen === undefined) return;
    if (panel?.subject.pinned) panel.show({ ...panel.subject, model: chosen });
    else await this.#host.models.use(chosen);
  }

  refreshAll(): void {
    for (const each of this.#panels) each.show(each.subject);
  }

  /** Tells menus whether the active panel is pinned. */
  changed(): void {
    this.#panels.changed();
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const subject = restoreSubject(state);
    // The state is from a page that had nothing to show.
    if (!subject) panel.dispose();
    else this.#panels.add(new ExplainPanel(panel, this.#host, subject));
  }

  #create(subject: ExplainPanel['subject'], turn: Turn, preserveFocus: boolean): void {
    const panel = vscode.window.createWebviewPanel(
      viewType,
      '',
      { viewColumn: this.#column(), preserveFocus },
      { enableScripts: true, localResourceRoots: [] },
    );
    this.#panels.add(new ExplainPanel(panel, this.#host, subject, turn));
  }

  /** Beside the image, never over it: where the other panels are, else in a column of its own. */
  #column(): vscode.ViewColumn {
    const last = this.#panels.last?.panel.viewColumn;
    if (last !== undefined) return last;
    return vscode.window.tabGroups.activeTabGroup.tabs.length === 0 ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside;
  }

  #follow(model: string | undefined): void {
    for (const each of this.#panels) {
      const { subject } = each;
      if (model !== undefined && subject.model !== model && (!subject.pinned || subject.model === undefined))
        each.show({ ...subject, model });
    }
  }
}

/** Brings a panel to the front, but not over the file it is about; where it has to move, it takes the focus with it. */
async function raise({ panel }: ExplainPanel, file: string, quiet: boolean): Promise<void> {
  const column = columnBeside(file, panel.viewColumn);
  if (quiet && column === undefined) panel.reveal(undefined, true);
  else await revealIn(panel, column);
}

/** The value, or null if it takes longer than a click may take to be answered. */
function quickly<T>(promise: Promise<T>): Promise<T | null> {
  return Promise.race([promise, new Promise<null>((resolve) => setTimeout(resolve, 150, null))]);
}
