import { type UnitsView, unitsViews } from '../../shared/unitsProtocol.ts';
import type { UnitsTurn } from './unitsSubject.ts';

/** What 'Show Units' is asked for. */
export interface UnitsTarget {
  /** Absolute path; undefined: the model in use. */
  model: string | undefined;
  /** Absolute path; undefined: as it is. */
  image: string | undefined;
  /** Undefined: the page stays as it is. */
  turn: UnitsTurn | undefined;
}

/** From a command's argument: rows of the tree, actions of texts and pages name what they are about; anything else names nothing. */
export function unitsTarget(arg: unknown): UnitsTarget {
  const { model, image, layer, view, unit, class: index } = (arg ?? {}) as Partial<Record<string, unknown>>;
  const turn: UnitsTurn = {
    ...(isView(view) && { view }),
    ...(typeof layer === 'string' && { layer }),
    ...(isIndex(unit) && { unit }),
    ...(isIndex(index) && { class: index }),
  };
  return { model: text(model), image: text(image), turn: Object.keys(turn).length > 0 ? turn : undefined };
}

function isView(value: unknown): value is UnitsView {
  return (unitsViews as readonly unknown[]).includes(value);
}

function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
