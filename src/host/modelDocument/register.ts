import * as vscode from 'vscode';
import { explain } from '../explainCommand.ts';
import type { Host } from '../host.ts';
import { targetOf } from '../modelTree/pickLayer.ts';
import { reporting } from '../report.ts';
import { section } from '../settings.ts';
import { ModelDocuments } from './documents.ts';
import { JsonLenses } from './jsonLenses.ts';
import { ModelLenses } from './lenses.ts';
import { ModelEditor, modelEditors } from './modelEditor.ts';
import { revealLayer } from './revealLayer.ts';
import { openModelDocument, showPart } from './show.ts';
import { ModelStructure } from './structure.ts';
import { modelPath, modelScheme } from './uri.ts';

/** The model as a text document, its actions, and the files that open as one. */
export function registerModelDocuments(host: Host): vscode.Disposable[] {
  const documents = new ModelDocuments(host.engine);
  const structure = new ModelStructure(documents);
  const editor = new ModelEditor();
  const selector = { scheme: modelScheme };
  const { languages, window, workspace } = vscode;
  return [
    documents,
    workspace.registerFileSystemProvider(modelScheme, documents, { isReadonly: true, isCaseSensitive: true }),
    // A restored document is not coloured yet.
    workspace.onDidOpenTextDocument(({ uri }) => {
      if (uri.scheme === modelScheme) void openModelDocument(modelPath(uri));
    }),
    languages.registerCodeLensProvider(selector, new ModelLenses(documents)),
    languages.registerCodeLensProvider({ scheme: 'file', language: 'json' }, new JsonLenses(host)),
    languages.registerDocumentSymbolProvider(selector, structure, { label: 'Glassbox' }),
    languages.registerFoldingRangeProvider(selector, structure),
    languages.registerHoverProvider(selector, structure),
    ...modelEditors.map((type) => window.registerCustomEditorProvider(type, editor, { supportsMultipleEditorsPerDocument: true })),
    ...commands(host, documents),
  ];
}

function commands(host: Host, documents: ModelDocuments): vscode.Disposable[] {
  const { engine, log, models } = host;
  const handlers: Record<string, (...args: unknown[]) => unknown> = {
    revealLayer: async (arg, options) => {
      const target = targetOf(arg);
      const { preserveFocus = false } = (options ?? {}) as { preserveFocus?: boolean };
      if (target) await revealLayer({ engine, documents }, target, preserveFocus);
    },
    openModelText: async (arg) => {
      const model = modelOf(arg) ?? (await models.current());
      if (model !== undefined) await showPart(await openModelDocument(model), undefined, false);
    },
    openModelWith: async (arg) => {
      const model = modelOf(arg);
      if (model !== undefined) await vscode.commands.executeCommand('explorer.openWith', vscode.Uri.file(model));
    },
    explainWithModel: async (arg) => {
      const model = modelOf(arg);
      if (model !== undefined) await models.use(model);
      await explain(host, []);
    },
  };
  return Object.entries(handlers).map(([name, run]) => vscode.commands.registerCommand(`${section}.${name}`, reporting(log, run)));
}

/** The model a command is about: named by an action, a file of the explorer, or the document in front. */
export function modelOf(arg: unknown): string | undefined {
  const { model } = (arg ?? {}) as { model?: unknown };
  if (typeof model === 'string') return model;
  const uri = arg instanceof vscode.Uri ? arg : vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme === modelScheme) return modelPath(uri);
  return arg instanceof vscode.Uri ? arg.fsPath : undefined;
}
