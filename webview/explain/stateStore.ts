import type { PanelSubject, Rect } from '../../src/shared/protocol.ts';
import type { StateStore } from '../page/vscode.ts';
import { restoreCompare } from './compare/choices.ts';
import type { Choices } from './state.ts';

/** What is kept. The host reads `subject` when it restores a panel after a window reload. */
export interface Saved {
  subject: PanelSubject | undefined;
  ui: Choices;
}

/** Kept state may be of an older version of this page: anything unexpected is left out. */
export function restore(store: StateStore): Saved {
  const value = store.get();
  const { subject, ui } = (isRecord(value) ? value : {}) as { subject?: unknown; ui?: unknown };
  return { subject: isRecord(subject) ? (subject as unknown as PanelSubject) : undefined, ui: isRecord(ui) ? choices(ui) : {} };
}

function choices(ui: Record<string, unknown>): Choices {
  const out: Choices = {};
  for (const name of ['method', 'layer', 'colorMap', 'divergingMap'] as const) {
    const value = ui[name];
    if (typeof value === 'string') out[name] = value;
  }
  for (const name of ['class', 'against', 'opacity'] as const) {
    const value = ui[name];
    if (typeof value === 'number' && value >= 0) out[name] = value;
  }
  if (ui.range === 'full' || ui.range === 'robust') out.range = ui.range;
  for (const name of ['smooth', 'about'] as const) {
    const value = ui[name];
    if (typeof value === 'boolean') out[name] = value;
  }
  if (isRect(ui.region)) out.region = ui.region;
  if (Array.isArray(ui.declined)) out.declined = ui.declined.filter((path) => typeof path === 'string');
  if (isRecord(ui.compare)) out.compare = restoreCompare(ui.compare);
  if (isRecord(ui.variants)) out.variants = ui.variants as Record<string, string>;
  if (isRecord(ui.params)) out.params = ui.params as Record<string, Record<string, number | string>>;
  return out;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRect(value: unknown): value is Rect {
  return isRecord(value) && ['x', 'y', 'width', 'height'].every((name) => Number.isInteger(value[name]));
}

/** Another image or model: everything stays as chosen but the target, which belongs to the image. */
export function withoutTarget(ui: Choices): Choices {
  const { class: _, against: __, region: ___, ...rest } = ui;
  return rest;
}
