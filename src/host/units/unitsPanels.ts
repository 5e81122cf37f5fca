import * as vscode from 'vscode';
import { columnForPanel, revealIn } from '../columns.ts';
import { imageInUse } from '../explainAtLayer.ts';
import type { Host } from '../host.ts';
import { pickModel } from '../modelPicker.ts';
import { PanelSet } from '../panelSet.ts';
import { unitsViewType } from '../viewType.ts';
import { UnitsPanel } from './unitsPanel.ts';
import { restoreUnits, type UnitsTurn } from './unitsSubject.ts';
import type { UnitsTarget } from './unitsTarget.ts';

/** What a units panel needs of the host. */
export interface UnitsHost extends Host {
  readonly units: UnitsPanels;
}

/**
 * All panels about units. A panel stays with its model whatever model is used elsewhere: what it collects and climbs takes
 * long. Another model goes to the panel that is neither pinned nor at work.
 */
export class UnitsPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #host: UnitsHost;
  readonly #panels: PanelSet<UnitsPanel>;
  readonly #subscriptions: vscode.Disposable[];

  constructor(host: Host) {
    this.#host = { ...host, units: this };
    this.#panels = new PanelSet('glassbox.unitsPinned', host.context.extensionUri);
    this.#subscriptions = [
      vscode.window.registerWebviewPanelSerializer(unitsViewType, this),
      host.dataset.onDidChange((change) => {
        for (const each of this.#panels) each.datasetChanged(change);
      }),
    ];
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
  }

  get active(): UnitsPanel | undefined {
    return this.#panels.active;
  }

  /** Shows the units of a model, in its panel if it has one. */
  async open({ model, image, turn }: UnitsTarget & { model: string }): Promise<void> {
    const { models, status } = this.#host;
    if ((await models.current()) === undefined) await models.use(model);
    const open = this.#panels.find(({ subject }) => subject.model === model) ?? this.#free();
    if (open) {
      turnTo(open, { model, image, turn });
      await revealIn(open.panel, undefined);
    } else {
      this.#create(model, image ?? imageInUse(this.#host), turn);
    }
    status.show(await models.current());
  }

  /** Turns a panel to another model, which becomes the one in use. Asks unless `model` tells. */
  async chooseModel(panel: UnitsPanel, model?: string): Promise<void> {
    const chosen = model ?? (await pickModel(this.#host.models));
    if (chosen === undefined) return;
    await this.#host.models.use(chosen);
    if (chosen !== panel.subject.model) panel.show({ ...panel.subject, model: chosen });
  }

  refreshAll(): void {
    for (const each of this.#panels) each.show(each.subject);
  }

  /** What is collected of a model is gone. */
  refresh(model: string): void {
    for (const each of this.#panels) if (each.subject.model === model) each.show(each.subject);
  }

  /** Tells menus whether the active panel is pinned. */
  changed(): void {
    this.#panels.changed();
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const subject = restoreUnits(state);
    // The state is from a page that had nothing to show.
    if (!subject) panel.dispose();
    else this.#panels.add(new UnitsPanel(panel, this.#host, subject));
  }

  #free(): UnitsPanel | undefined {
    return this.#panels.find(({ subject, isBusy }) => !subject.pinned && !isBusy);
  }

  #create(model: string, image: string | undefined, turn: UnitsTurn | undefined): void {
    const viewColumn = this.#panels.last?.panel.viewColumn ?? columnForPanel();
    const panel = vscode.window.createWebviewPanel(unitsViewType, '', viewColumn, {
      ...{ enableScripts: true, localResourceRoots: [] },
      // What was climbed took long, and the page alone has it.
      retainContextWhenHidden: true,
    });
    this.#panels.add(new UnitsPanel(panel, this.#host, { model, image, pinned: false }, turn));
  }
}

/** A panel that shows just that is left as it is, with what it works at. */
function turnTo(panel: UnitsPanel, { model, image = panel.subject.image, turn }: UnitsTarget & { model: string }): void {
  const { subject } = panel;
  if (turn || subject.model !== model || subject.image !== image) panel.show({ ...subject, model, image }, turn);
}
