import * as vscode from 'vscode';
import type { Host } from '../host.ts';
import { jsonPlaces } from './jsonPlace.ts';

/** A minified file has no lines to put actions above. */
const fewestLines = 10;

/** "Explain at this layer" above each layer's entry in the model.json of the model in use. */
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
    const title = vscode.l10n.t('Explain at this layer');
    return now.outline.layers.flatMap(({ name, spatial, place }) => {
      const at = spatial && place.pointer !== undefined ? placeOf(place.pointer) : undefined;
      if (!at) return [];
      const start = document.positionAt(at.offset);
      return [
        new vscode.CodeLens(new vscode.Range(start, start), {
          title,
          command: 'glassbox.explainAtLayer',
          arguments: [{ model, layer: name }],
        }),
      ];
    });
  }
}
