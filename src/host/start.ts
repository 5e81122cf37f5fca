import * as vscode from 'vscode';
import { Dataset } from './datasets/dataset.ts';
import { Stores } from './datasets/stores.ts';
import { EngineClient } from './engineClient.ts';
import { explainAtLayer } from './explainAtLayer.ts';
import { explain, explainWithMethod } from './explainCommand.ts';
import { ExplainPanels } from './explainPanels.ts';
import type { Host } from './host.ts';
import { modelOf, registerModelDocuments } from './modelDocument/register.ts';
import { Models } from './models.ts';
import { layerCommands } from './modelTree/layerCommands.ts';
import { ModelTree } from './modelTree/modelTree.ts';
import { ShownModel } from './modelTree/shownModel.ts';
import { reporting } from './report.ts';
import { explainSample, openSample, showReadme } from './sample.ts';
import { engineConfiguration, section } from './settings.ts';
import { openSidecar } from './sidecarFile.ts';
import { spaceCommands } from './space/spaceCommands.ts';
import { SpacePanels } from './space/spacePanels.ts';
import { ModelStatus } from './statusBar.ts';
import { registerTraining } from './training/register.ts';
import { helpSampleTerminals } from './training/trainSample.ts';
import { unitsCommands } from './units/unitsCommands.ts';
import { UnitsPanels } from './units/unitsPanels.ts';

/** Puts the parts together. Starts nothing that takes time: the engine starts when it is needed. */
export function start(context: vscode.ExtensionContext): Host {
  const log = vscode.window.createOutputChannel('Glassbox', { log: true });
  const engine = new EngineClient({
    entry: vscode.Uri.joinPath(context.extensionUri, 'dist', 'engine.mjs').fsPath,
    configuration: engineConfiguration,
    log,
  });
  const models = new Models(context.workspaceState);
  const status = new ModelStatus();
  const shown = new ShownModel(engine, models);
  const tree = new ModelTree(shown, async () => (await models.candidates()).length);
  const dataset = new Dataset(context.workspaceState);
  const stores = new Stores((context.storageUri ?? context.globalStorageUri).fsPath);
  const services = { context, log, engine, models, dataset, stores, status, shown, tree };
  const host: Host = { ...services, panels: new ExplainPanels(services) };
  const units = new UnitsPanels(host);
  const spaces = new SpacePanels(host);
  const training = registerTraining(host);
  context.subscriptions.push(
    log,
    engine,
    models,
    dataset,
    status,
    host.panels,
    units,
    spaces,
    shown,
    tree,
    ...listeners(host, { units, spaces }),
    ...training.parts,
    ...commands(host, { units, spaces }, training.commands),
    ...registerModelDocuments(host),
  );
  void reporting(log, showReadme)(services);
  void reporting(log, helpSampleTerminals)(services);
  return host;
}

/** The panels of pages that stay with their model. */
interface Pages {
  units: UnitsPanels;
  spaces: SpacePanels;
}

function listeners({ engine, models, status, panels, log }: Host, { units, spaces }: Pages): vscode.Disposable[] {
  return [
    models.onDidChange((model) => status.show(model)),
    vscode.workspace.onDidChangeConfiguration(
      reporting(log, async (event: vscode.ConfigurationChangeEvent) => {
        if (!event.affectsConfiguration(`${section}.engine`) && !event.affectsConfiguration(`${section}.cacheSize`)) return;
        await engine.configure();
        if (!event.affectsConfiguration(`${section}.engine`)) return;
        for (const each of [panels, units, spaces]) each.refreshAll();
      }),
    ),
  ];
}

function commands(host: Host, { units, spaces }: Pages, more: Record<string, (...args: unknown[]) => unknown>): vscode.Disposable[] {
  const { engine, log, models, panels } = host;
  const active = () => panels.active ?? units.active ?? spaces.active;
  const handlers: Record<string, (...args: unknown[]) => unknown> = {
    explain: (...args) => explain(host, args),
    explainWithMethod: (...args) => explainWithMethod(host, args),
    explainAtLayer: (arg) => explainAtLayer(host, arg),
    explainAtChosenLayer: () => explainAtLayer(host),
    ...layerCommands(host),
    ...unitsCommands(host, units),
    ...spaceCommands(host, spaces),
    ...more,
    chooseModel: () => {
      if (units.active) return units.chooseModel(units.active);
      return spaces.active ? spaces.chooseModel(spaces.active) : panels.chooseModel(panels.active);
    },
    createSidecar: async (arg) => {
      const model = modelOf(arg) ?? active()?.subject.model ?? (await models.current()) ?? (await panels.pickModel());
      if (model !== undefined) await openSidecar(engine, model);
    },
    openSample: () => openSample(host),
    explainSample: () => explainSample(host),
    restartEngine: () => {
      engine.restart();
      for (const each of [panels, units, spaces]) each.refreshAll();
    },
    showLog: () => log.show(),
    pinPanel: () => active()?.setPinned(true),
    unpinPanel: () => active()?.setPinned(false),
  };
  return Object.entries(handlers).map(([name, run]) => vscode.commands.registerCommand(`${section}.${name}`, reporting(log, run)));
}
