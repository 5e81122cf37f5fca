import * as vscode from 'vscode';
import { describeError } from '../../shared/errors.ts';
import { modelName } from '../../shared/modelFormats.ts';
import type { ModelOutline } from '../../shared/protocol.ts';
import { type Filter, filterTree, parseFilter } from './filter.ts';
import { type ActionRow, actionItem, nextSteps } from './nextSteps.ts';
import type { LayerTarget } from './pickLayer.ts';
import type { Shown, ShownModel } from './shownModel.ts';
import { buildTree, type LayerNode, layerNodes, type ModelNode, type TreeNode } from './tree.ts';
import { rowOf, tooltipOf } from './treeItems.ts';

export const viewId = 'glassbox.model';

type Node = ModelNode | TreeNode;
type Row = Node | ActionRow;

/** The model in use as rows of the activity bar's view. Nothing is read before the view is on screen. */
export class ModelTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly view: vscode.TreeView<Row>;
  readonly #model: ShownModel;
  readonly #countModels: () => Promise<number>;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  #tree: ModelNode | undefined;
  #filter: Filter | undefined;
  #filtered: { tree: ModelNode; found: number } | undefined;
  /** Whether a row is unfolded, by id, where the person said so; in a filtered tree only as long as the filter stands. */
  readonly #unfolded = new Map<string, boolean>();
  readonly #unfoldedFiltered = new Map<string, boolean>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(model: ShownModel, countModels: () => Promise<number>) {
    this.#model = model;
    this.#countModels = countModels;
    this.view = vscode.window.createTreeView(viewId, { treeDataProvider: this, showCollapseAll: true });
    this.#subscriptions = [
      this.view,
      this.#changed,
      model.onDidChange(() => this.#changed.fire()),
      model.onDidStart((path) => this.#opening(path)),
      this.view.onDidExpandElement(({ element }) => this.#fold(element, true)),
      this.view.onDidCollapseElement(({ element }) => this.#fold(element, false)),
    ];
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
  }

  get filterText(): string {
    return this.#filter?.text ?? '';
  }

  /** What the filter leaves, `12 of 53 layers`; undefined: no filter, or no model. */
  get found(): string | undefined {
    return this.#filtered && this.#tree && `${this.#filtered.found} of ${this.#tree.outline.layers.length} layers`;
  }

  /** Shows only layers that have all words; an empty text shows all again. What is selected stays in sight. */
  filter(text: string): void {
    const filter = parseFilter(text);
    if (filter?.text === this.#filter?.text) return;
    const [selected] = this.view.selection;
    this.#filter = filter;
    this.#applyFilter();
    this.#changed.fire();
    if (!filter && selected?.type === 'layer') void this.reveal(selected.layer);
  }

  /** Selects a layer, by name or alias, without taking the focus. The view opens if it is not. */
  async reveal(name: string): Promise<void> {
    await this.#model.current();
    const rows = await this.getChildren();
    if (this.#filtered && !find(this.#filtered.tree, name)) this.filter('');
    const tree = this.#filtered?.tree ?? this.#tree;
    const node = tree && rows.length > 0 ? find(tree, name) : undefined;
    await this.view.reveal(node ?? rows[0]!, { select: true, focus: false });
  }

  /** Selects the layer that a panel shows, where the view is on screen and shows that model. */
  async follow({ model, layer }: LayerTarget): Promise<void> {
    const tree = this.#filtered?.tree ?? this.#tree;
    if (!this.view.visible || tree?.outline.model.path !== model) return;
    const node = find(tree, layer);
    if (node && this.view.selection[0]?.id !== node.id) await this.view.reveal(node, { select: true, focus: false });
  }

  async getChildren(row?: Row): Promise<Row[]> {
    if (row) return 'children' in row ? [...row.children] : [];
    const shown = await this.#model.current();
    if (shown.state === 'none') await this.#tellWelcome();
    return this.#rootRows(shown);
  }

  getParent(row: Row): Row | undefined {
    return 'parent' in row ? row.parent : undefined;
  }

  getTreeItem(row: Row): vscode.TreeItem {
    if (row.type === 'action') return actionItem(row);
    return rowOf(row, this.#isUnfolded(row), this.#filter);
  }

  resolveTreeItem(item: vscode.TreeItem, row: Row): vscode.TreeItem {
    if (row.type !== 'action' && this.#tree) item.tooltip = tooltipOf(row, this.#tree);
    return item;
  }

  /** Which of the texts stands in the empty view; before that is known, none. */
  async #tellWelcome(): Promise<void> {
    const found = ['none', 'one'][await this.#countModels()] ?? 'several';
    await setContext('glassbox.models', found);
  }

  #isUnfolded({ id, type }: Node): boolean {
    return this.#filter ? (this.#unfoldedFiltered.get(id) ?? true) : (this.#unfolded.get(id) ?? type === 'model');
  }

  #fold({ id }: Row, unfolded: boolean): void {
    (this.#filter ? this.#unfoldedFiltered : this.#unfolded).set(id, unfolded);
  }

  #rootRows(shown: Shown): Row[] {
    this.#take(shown.state === 'ready' ? shown.outline : undefined);
    if (shown.state === 'failed') {
      const { message, hint } = shown.error;
      this.view.message = `${modelName(shown.model)}: ${describeError({ code: shown.error.code, message, ...(hint !== undefined && { hint }) })}`;
      return [...nextSteps(shown.error)];
    }
    this.#showMessage();
    const tree = this.#filtered?.tree ?? this.#tree;
    return tree ? [tree] : [];
  }

  #take(outline: ModelOutline | undefined): void {
    if (outline === this.#tree?.outline) return;
    this.#tree = outline && buildTree(outline);
    this.#applyFilter();
  }

  #applyFilter(): void {
    this.#filtered = this.#tree && this.#filter && filterTree(this.#tree, this.#filter);
    this.#unfoldedFiltered.clear();
    void setContext('glassbox.layersFiltered', this.#filter !== undefined);
    this.#showMessage();
  }

  #showMessage(): void {
    this.view.message = this.found === undefined ? '' : `${this.found}: ${this.filterText}`;
  }

  /** The tree of a model whose files have changed stays until the new one is there. */
  #opening(path: string): void {
    if (this.#tree?.outline.model.path !== path) this.view.message = `Opening ${modelName(path)}…`;
  }
}

function find(tree: ModelNode, name: string): LayerNode | undefined {
  const nodes = [...layerNodes(tree)];
  return nodes.find(({ layer }) => layer === name) ?? nodes.find(({ info }) => info.aliases.includes(name));
}

function setContext(key: string, value: unknown): Thenable<unknown> {
  return vscode.commands.executeCommand('setContext', key, value);
}
