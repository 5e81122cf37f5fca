import * as vscode from 'vscode';
import { modelName } from '../../shared/modelFormats.ts';
import type { Indexer } from './indexer.ts';

/** In the status bar, while images are indexed or where that has failed; a click shows the page. */
export class IndexingStatus implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('glassbox.indexing', vscode.StatusBarAlignment.Left, 9);
  /** That a click is about. */
  #model: string | undefined;

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
    this.#leadTo(of.model);
    this.#item.show();
  }

  /** Set once for a model: the editor forgets the command before, and a click that is on its way would find nothing. */
  #leadTo(model: string): void {
    if (model === this.#model) return;
    this.#model = model;
    this.#item.command = { command: 'glassbox.showFeatureSpace', title: 'Show Feature Space', arguments: [{ model }] };
  }

  dispose(): void {
    this.#item.dispose();
  }
}
