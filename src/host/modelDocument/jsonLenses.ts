import * as vscode from 'vscode';
import type { OutlineLayer } from '../../shared/protocol.ts';
import type { Host } from '../host.ts';
import { jsonPlaces } from './jsonPlace.ts';

/** A minified file has no lines to put actions above. */
const fewestLines = 10;

/** "Explain at this layer" and "Units" above each layer's entry in the model.json of the model in use. */
export class JsonLenses implements vscode.CodeLensProvider {
  readonly #host: Pick<Host, 'models' | 'shown'>;
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(host: Pick<Host, 'models' | 'shown'>) {
    this.#host = host;
    this.onDidChangeCodeLenses = host.shown.onDidChange;
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const { models, shown } = this.#host;
    const model = document.uri.fsPath;
    if (document.lineCount < fewestLines || (await models.current()) !== model) return [];
    const now = await shown.current();
    if (now.state !== 'ready' || now.outline.model.path !== model) return [];
    const placeOf = jsonPlaces(document.getText());
    return now.outline.layers.flatMap((layer) => {
      const commands = commandsOf(model, layer);
      const at = commands.length > 0 && layer.place.pointer !== undefined ? placeOf(layer.place.pointer) : undefined;
      if (!at) return [];
      const start = document.positionAt(at.offset);
      return commands.map((command) => new vscode.CodeLens(new vscode.Range(start, start), command));
    });
  }
}

function commandsOf(model: string, { name, spatial, units }: OutlineLayer): vscode.Command[] {
  const target = [{ model, layer: name }];
  return [
    ...(spatial ? [{ title: vscode.l10n.t('Explain at this layer'), command: 'glassbox.explainAtLayer', arguments: target }] : []),
    ...(units ? [{ title: vscode.l10n.t('Units'), command: 'glassbox.showUnits', arguments: target }] : []),
  ];
}
