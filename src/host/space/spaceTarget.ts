import { basename } from 'node:path';
import { type SpaceView, spaceViews } from '../../shared/spaceProtocol.ts';
import type { SpaceTurn } from './spaceSubject.ts';

/** What 'Show Feature Space' is asked for. */
export interface SpaceTarget {
  /** Absolute path; undefined: the model in use. */
  model: string | undefined;
  /** Undefined: the page stays as it is. */
  turn: SpaceTurn | undefined;
}

/** From a command's argument: rows of the tree and pages name what they are about; anything else names nothing. */
export function spaceTarget(arg: unknown): SpaceTarget {
  const { model, image, view } = (arg ?? {}) as Partial<Record<string, unknown>>;
  const turn: SpaceTurn = {
    ...(isView(view) && { view }),
    ...(typeof image === 'string' && { image: { path: image, name: basename(image) } }),
  };
  return { model: typeof model === 'string' ? model : undefined, turn: Object.keys(turn).length > 0 ? turn : undefined };
}

function isView(value: unknown): value is SpaceView {
  return (spaceViews as readonly unknown[]).includes(value);
}
