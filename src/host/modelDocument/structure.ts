import * as vscode from 'vscode';
import { layerText } from '../../shared/layerText.ts';
import { layerFacts } from '../modelTree/describe.ts';
import { isWeighty } from '../modelTree/kindIcons.ts';
import type { ModelText } from './compose.ts';
import type { ModelDocuments } from './documents.ts';
import type { Row } from './table.ts';

/** Layers and their groups for the outline view, breadcrumbs and Go to Symbol; folding of groups; what is known of a layer on hover. */
export class ModelStructure implements vscode.DocumentSymbolProvider, vscode.FoldingRangeProvider, vscode.HoverProvider {
  readonly #documents: ModelDocuments;

  constructor(documents: ModelDocuments) {
    this.#documents = documents;
  }

  async provideDocumentSymbols(document: vscode.TextDocument): Promise<vscode.DocumentSymbol[]> {
    const model = await this.#documents.modelOf(document);
    const top: vscode.DocumentSymbol[] = [];
    const open: vscode.DocumentSymbol[] = [];
    for (const { row, line, end } of spans(model)) {
      const symbol = symbolOf(row, document.lineAt(line).range, document.lineAt(end).range.end);
      open.length = row.depth;
      (open.at(-1)?.children ?? top).push(symbol);
      open.push(symbol);
    }
    return top;
  }

  async provideFoldingRanges(document: vscode.TextDocument): Promise<vscode.FoldingRange[]> {
    const model = await this.#documents.modelOf(document);
    const groups = [...spans(model)].filter(({ line, end }) => end > line).map(({ line, end }) => new vscode.FoldingRange(line, end));
    return model ? [new vscode.FoldingRange(model.nameLine, model.headEnd), ...groups] : [];
  }

  async provideHover(document: vscode.TextDocument, { line }: vscode.Position): Promise<vscode.Hover | undefined> {
    const model = await this.#documents.modelOf(document);
    const node = model?.rows[line]?.node;
    if (!model || node?.type !== 'layer') return undefined;
    const facts = layerFacts(node.info, model.tree.outline).map(([what, text]) => `| ${cell(what)} | ${cell(text)} |`);
    const text = new vscode.MarkdownString([`**${cell(node.layer)}**`, '', '| | |', '|:--|:--|', ...facts].join('\n'));
    return new vscode.Hover(text, document.lineAt(line).range);
  }
}

/** Each layer and group with the lines it takes, the last included. */
function* spans(model: ModelText | undefined): Generator<{ row: Row; line: number; end: number }> {
  const rows = model?.rows ?? [];
  // The first line behind that is no deeper, from the end on.
  const ends: number[] = new Array(rows.length).fill(rows.length - 1);
  const open: number[] = [];
  rows.forEach((row, line) => {
    while (row && open.length > 0 && (rows[open.at(-1) as number]?.depth ?? 0) >= row.depth) ends[open.pop() as number] = line - 1;
    if (row) open.push(line);
  });
  for (const [line, row] of rows.entries()) if (row) yield { row, line, end: ends[line] as number };
}

function symbolOf({ node }: Row, at: vscode.Range, end: vscode.Position): vscode.DocumentSymbol {
  const whole = at.with({ end });
  if (node.type === 'group') return new vscode.DocumentSymbol(node.label, '', vscode.SymbolKind.Namespace, whole, at);
  const kind = isWeighty(node.info.kind) ? vscode.SymbolKind.Class : vscode.SymbolKind.Function;
  return new vscode.DocumentSymbol(node.label, layerText(node.info), kind, whole, at);
}

/** Names come from files of others. */
function cell(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+\-.!|<>~&]/g, '\\$&').replaceAll(/\s+/g, ' ');
}
