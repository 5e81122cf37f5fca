import type * as vscode from 'vscode';
import type { Dataset } from './datasets/dataset.ts';
import type { Stores } from './datasets/stores.ts';
import type { EngineClient } from './engineClient.ts';
import type { ExplainPanels } from './explainPanels.ts';
import type { Models } from './models.ts';
import type { ModelTree } from './modelTree/modelTree.ts';
import type { ShownModel } from './modelTree/shownModel.ts';
import type { ModelStatus } from './statusBar.ts';

/** What everything in the host builds on. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly engine: EngineClient;
  readonly models: Models;
  /** The images that units and the feature space are shown of. */
  readonly dataset: Dataset;
  /** Where what is collected and indexed of data sets is kept. */
  readonly stores: Stores;
  readonly status: ModelStatus;
  /** The model in use as the view shows it. */
  readonly shown: ShownModel;
  readonly tree: ModelTree;
}

/** What the parts of the host need from one another. */
export interface Host extends Services {
  readonly panels: ExplainPanels;
}
