import * as vscode from 'vscode';
import { ModelError } from '../../../shared/errors.ts';
import { columnForPanel, revealIn } from '../../columns.ts';
import type { Host } from '../../host.ts';
import { PanelSet } from '../../panelSet.ts';
import { comparisonViewType } from '../../viewType.ts';
import type { Training } from '../training.ts';
import { ComparisonPanel } from './comparisonPanel.ts';
import { type ComparedPair, named, restoreComparison } from './comparisonSubject.ts';

/** Two checkpoints of a run side by side, in an editor of their own. Another pair of the same run goes to the panel that is there. */
export class ComparisonPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #host: Host;
  readonly #training: Training;
  readonly #panels: PanelSet<ComparisonPanel>;
  readonly #serializer: vscode.Disposable;

  constructor(host: Host, training: Training) {
    this.#host = host;
    this.#training = training;
    this.#panels = new PanelSet('glassbox.comparisonPinned', host.context.extensionUri);
    this.#serializer = vscode.window.registerWebviewPanelSerializer(comparisonViewType, this);
  }

  /** `from`, `to`: ids of checkpoints of the run that is followed. */
  async open(from: string, to: string, image?: string): Promise<void> {
    const pair = this.#pairOf(from, to);
    const open = this.#panels.find(({ subject }) => subject.run.id === pair.run.id);
    if (open) {
      open.show(pair, image);
      await revealIn(open.panel, undefined);
      return;
    }
    const panel = vscode.window.createWebviewPanel(comparisonViewType, '', columnForPanel(), {
      ...{ enableScripts: true, localResourceRoots: [] },
    });
    this.#panels.add(new ComparisonPanel(panel, this.#host, this.#training, pair, image));
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const pair = restoreComparison(state);
    // The state is from a page that had nothing to show.
    if (!pair) panel.dispose();
    else this.#panels.add(new ComparisonPanel(panel, this.#host, this.#training, pair));
  }

  dispose(): void {
    this.#serializer.dispose();
  }

  #pairOf(from: string, to: string): ComparedPair {
    const { run, checkpoints } = this.#training.state;
    const [first, second] = [from, to].map((id) => checkpoints.find((each) => each.id === id));
    if (run && first && second) return { run: { id: run.id, label: run.label }, from: named(first), to: named(second) };
    throw new ModelError('file-missing', 'One of the two checkpoints is not in the run that is followed.', {
      hint: 'Choose two checkpoints of the Training view.',
    });
  }
}
