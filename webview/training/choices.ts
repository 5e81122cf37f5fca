import { type LogChoices, restoreLogs } from './logs/choices.ts';
import type { Look } from './look.ts';
import { restoreWhole, type WholeChoices } from './whole/choices.ts';

/** How the rows of probes are ordered. */
export type ProbeOrder = 'data' | 'worst' | 'moved' | 'flipped';

export const probeOrders: readonly ProbeOrder[] = ['data', 'worst', 'moved', 'flipped'];

/** What the person set; survives hiding and reload. No data. */
export interface Choices extends Partial<Look> {
  /** Id of the checkpoint that the slider stands at; undefined: the newest one that was read, whichever that is. */
  at?: string;
  /** Path of the probe that is looked at closely. */
  probe?: string;
  order?: ProbeOrder;
  /** Only probes that are of a class, or are taken for it: `class:star`, `called:star`. */
  only?: string;
  /** Each map of a film strip has a scale of its own; else all of a probe share one. */
  ownScales?: boolean;
  /** How maps are chosen is in sight. */
  setup?: boolean;
  /** Alarms that a person has put away, by run. */
  dismissed?: Readonly<Record<string, readonly string[]>>;
  /** Of the whole set at a glance. */
  whole?: WholeChoices;
  /** Which curves of the logs are drawn, and how. */
  logs?: LogChoices;
  /** How far the page is scrolled, CSS pixels. */
  scroll?: number;
}

export interface Saved {
  choices: Choices;
}

/** Kept state may be of an older version of this page: anything unexpected is left out. */
export function restore(value: unknown): Saved {
  const from = record(record(value).choices);
  const known = {
    ...kept(from, 'string', ['at', 'probe', 'only', 'colorMap', 'divergingMap']),
    ...kept(from, 'number', ['scroll', 'opacity']),
    ...kept(from, 'boolean', ['ownScales', 'setup', 'smooth']),
  };
  const order = probeOrders.find((each) => each === from.order);
  const dismissed = Object.fromEntries(
    Object.entries(record(from.dismissed)).flatMap(([run, all]) => (isTexts(all) ? [[run, all] as const] : [])),
  );
  return {
    choices: {
      ...known,
      ...(from.whole !== undefined && { whole: restoreWhole(from.whole) }),
      ...(from.logs !== undefined && { logs: restoreLogs(from.logs) }),
      ...(order && { order }),
      ...(Object.keys(dismissed).length > 0 && { dismissed }),
    },
  };
}

function kept(from: Record<string, unknown>, type: 'string' | 'number' | 'boolean', names: readonly string[]): object {
  const typeOf = (value: unknown): string => typeof value;
  return Object.fromEntries(names.flatMap((name) => (typeOf(from[name]) === type ? [[name, from[name]] as const] : [])));
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
