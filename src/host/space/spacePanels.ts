import * as vscode from 'vscode';
import { columnForPanel, revealIn } from '../columns.ts';
import type { DatasetChange } from '../datasets/dataset.ts';
import type { Host } from '../host.ts';
import { pickModel } from '../modelPicker.ts';
import { PanelSet } from '../panelSet.ts';
import { spaceViewType } from '../viewType.ts';
import { ChosenImages } from './chosenImages.ts';
import { Indexer, type IndexOf } from './indexer.ts';
import { IndexingStatus } from './indexingStatus.ts';
import { SpacePanel } from './spacePanel.ts';
import { restoreSpace, type SpaceTurn } from './spaceSubject.ts';
import type { SpaceTarget } from './spaceTarget.ts';

/** What a panel about the feature space needs of the host. */
export interface SpaceHost extends Host {
  readonly spaces: SpacePanels;
  readonly indexer: Indexer;
  readonly chosenImages: ChosenImages;
}

/**
 * All panels about the feature space, and the indexing behind them. A panel stays with its model whatever model is used elsewhere;
 * another model goes to the panel that is neither pinned nor at work.
 */
export class SpacePanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #host: SpaceHost;
  readonly #panels: PanelSet<SpacePanel>;
  readonly #subscriptions: vscode.Disposable[];

  constructor(host: Host) {
    const status = new IndexingStatus();
    const indexer = new Indexer(host.engine, (of, indexing) => {
      for (const each of this.#panels) each.tell(of, indexing);
      status.show(indexer);
    });
    this.#host = { ...host, indexer, chosenImages: new ChosenImages(host.context.workspaceState), spaces: this };
    this.#panels = new PanelSet('glassbox.spacePinned', host.context.extensionUri);
    this.#subscriptions = [
      status,
      { dispose: () => indexer.cancelWhere(() => true) },
      vscode.window.registerWebviewPanelSerializer(spaceViewType, this),
      host.dataset.onDidChange((change) => void this.#datasetChanged(change)),
    ];
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
  }

  get active(): SpacePanel | undefined {
    return this.#panels.active;
  }

  /** Shows the feature space of a model, in its panel if it has one. */
  async open({ model, turn }: SpaceTarget & { model: string }): Promise<void> {
    const { models, status, chosenImages } = this.#host;
    if ((await models.current()) === undefined) await models.use(model);
    if (turn?.image) await chosenImages.add(turn.image.path);
    const own = this.#panels.find(({ subject }) => subject.model === model);
    const open = own ?? this.#free();
    if (own && turn) await this.#turn(own, turn);
    else if (open && !own) this.#show(open, model, turn);
    if (open) await revealIn(open.panel, undefined);
    else this.#create(model, turn);
    status.show(await models.current());
  }

  /** Turns a panel to another model, which becomes the one in use. Asks unless `model` tells. */
  async chooseModel(panel: SpacePanel, model?: string): Promise<void> {
    const chosen = model ?? (await pickModel(this.#host.models));
    if (chosen === undefined) return;
    await this.#host.models.use(chosen);
    if (chosen !== panel.subject.model) this.#show(panel, chosen);
  }

  refreshAll(): void {
    for (const each of this.#panels) each.show(each.subject);
  }

  /** Deletes the index of a model, of all data sets. */
  async deleteIndex(model: string): Promise<void> {
    const { engine, indexer, stores } = this.#host;
    indexer.forget(model);
    for (const store of await stores.all()) await engine.call('forgetIndex', { store, model });
    for (const each of this.#panels) if (each.subject.model === model) each.show(each.subject);
  }

  /** Tells menus whether the active panel is pinned. */
  changed(): void {
    this.#panels.changed();
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const subject = restoreSpace(state);
    // The state is from a page that had nothing to show.
    if (!subject) panel.dispose();
    else this.#panels.add(new SpacePanel(panel, this.#host, subject));
  }

  async #turn(panel: SpacePanel, turn: SpaceTurn): Promise<void> {
    if (turn.image) await panel.take(turn.image.path);
    panel.turn(turn);
  }

  /** What was indexed for the model before ends, unless another panel shows it. */
  #show(panel: SpacePanel, model: string, turn?: SpaceTurn): void {
    const before = panel.subject.model;
    panel.show({ ...panel.subject, model }, turn);
    const isShown = this.#panels.find(({ subject }) => subject.model === before) !== undefined;
    if (!isShown) this.#host.indexer.cancelWhere((of) => of.model === before);
  }

  async #datasetChanged(change: DatasetChange): Promise<void> {
    for (const each of this.#panels) each.datasetChanged(change);
    if (change !== 'choice') return;
    const { dataset, indexer, stores } = this.#host;
    const store = stores.of((await dataset.current())?.folder ?? '');
    indexer.cancelWhere((of: IndexOf) => of.store !== store);
  }

  #free(): SpacePanel | undefined {
    return this.#panels.find(({ subject, isBusy }) => !subject.pinned && !isBusy);
  }

  #create(model: string, turn: SpaceTurn | undefined): void {
    const viewColumn = this.#panels.last?.panel.viewColumn ?? columnForPanel();
    const panel = vscode.window.createWebviewPanel(spaceViewType, '', viewColumn, {
      ...{ enableScripts: true, localResourceRoots: [] },
      // A layout took long, and the page alone has it.
      retainContextWhenHidden: true,
    });
    this.#panels.add(new SpacePanel(panel, this.#host, { model, pinned: false }, turn));
  }
}
