import type { ErrorRecord } from '../../shared/errors.ts';
import { modelName } from '../../shared/modelFormats.ts';
import type { ModelOutline } from '../../shared/protocol.ts';
import { buildTree, type ModelNode } from '../modelTree/tree.ts';
import { headOf } from './head.ts';
import { type Row, tableOf } from './table.ts';

/** A model as text. */
export interface ModelText {
  text: string;
  /** By line; undefined: the head and what stands between. */
  rows: readonly (Row | undefined)[];
  /** Line of the model's name, and the last of its head. */
  nameLine: number;
  headEnd: number;
  tree: ModelNode;
}

/** The head of the model, then a line for each layer. `note`: said before it. */
export function composeModel(outline: ModelOutline, bytes: number | undefined, note: readonly string[] = []): ModelText {
  const tree = buildTree(outline);
  const { heading, rows } = tableOf(tree);
  const head = headOf(outline, bytes);
  const before = [...note, modelName(outline.model.path), ...head, '', heading];
  return {
    text: document([...before, ...rows.map((row) => row.text)]),
    rows: [...before.map(() => undefined), ...rows],
    nameLine: note.length,
    headEnd: note.length + head.length,
    tree,
  };
}

/** What stands in the place of a model that cannot be read. */
export function composeError(path: string, { message, hint }: ErrorRecord): string {
  return document([modelName(path), '', `  ${message}`, ...(hint === undefined ? [] : [`  ${hint}`])]);
}

/** Said before a model whose file is another one `since`, which cannot be read. */
export function staleNote({ message }: ErrorRecord, since: Date): string[] {
  return [
    `! This is the model as it was before its files changed at ${since.toLocaleTimeString()}: they cannot be read now.`,
    `! ${message}`,
    '',
  ];
}

/** Names come from files of others: what would break a line stays in it. */
function document(lines: readonly string[]): string {
  return lines.map((line) => `${line.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '␣')}\n`).join('');
}
