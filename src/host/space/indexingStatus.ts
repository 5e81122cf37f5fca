import * as vscode from 'vscode';
import { modelName } from '../../shared/modelFormats.ts';
import type { Indexer } from './indexer.ts';

/** In the status bar, while images are indexed or where that has failed; a click shows the page. */
export class IndexingStatus implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('glassbox.indexing', vscode.StatusBarAlignment.Left, 9);

  constructor() {
    this.#item.name = 'Glassbox Indexing';
  }

  show({ notable }: Pick<Indexer, 'notable'>): void {
    const [first] = notable;
    if (first) this.#tell(first);
    else this.#item.hide();
  }

  #tell({ of, indexing }: Indexer['notable'][number]): void {
    const { done, total, state } = indexing;
    const far = total > 0 ? ` ${done.toLocaleString('en')} of ${total.toLocaleString('en')}` : '…';
    this.#item.text = state === 'running' ? `$(loading~spin) Glassbox: indexing${far}` : '$(warning) Glassbox: indexing stopped';
    this.#item.tooltip = `Features of ${modelName(of.model)} at ${of.layer}\nClick to show the feature space`;
    this.#item.command = { command: 'glassbox.showFeatureSpace', title: 'Show Feature Space', arguments: [{ model: of.model }] };
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}
