import * as vscode from 'vscode';
import type { EngineCalls, EngineChoice } from '../shared/protocol.ts';

export const section = 'glassbox';

export interface Settings {
  /** Path of the model to start with, as written; empty: none. In Restricted Mode the editor leaves out what a workspace says. */
  model: string;
  engine: EngineChoice;
  /** Method id that a new panel starts with. */
  defaultMethod: string;
  /** MB */
  cacheSize: number;
  modelFiles: readonly string[];
  modelFilesExclude: readonly string[];
  /** Folder of the images that units and the feature space are shown of, as written; empty: all of the workspace. */
  dataset: string;
  /** File of their labels, as written; empty: what stands beside them tells. In Restricted Mode as `model`. */
  labels: string;
  datasetExclude: readonly string[];
  /** Share of the time that goes into checkpoints other than the newest, percent. */
  trainingBudget: number;
  /** Folder of pictures → folder that mirrors it with masks of their objects. */
  masks: Readonly<Record<string, string>>;
}

export function settings(): Settings {
  const values = vscode.workspace.getConfiguration(section);
  return {
    model: values.get('model', ''),
    engine: values.get('engine', 'auto'),
    defaultMethod: values.get('defaultMethod', 'grad-cam'),
    cacheSize: values.get('cacheSize', 2048),
    modelFiles: values.get('modelFiles', []),
    modelFilesExclude: values.get('modelFilesExclude', []),
    dataset: values.get('dataset', ''),
    labels: values.get('labels', ''),
    datasetExclude: values.get('datasetExclude', []),
    trainingBudget: values.get('training.budget', 50),
    masks: values.get('training.masks', {}),
  };
}

export function engineConfiguration(): EngineCalls['configure']['params'] {
  const { engine, cacheSize } = settings();
  return { engine, cacheBytes: cacheSize * 1e6 };
}
