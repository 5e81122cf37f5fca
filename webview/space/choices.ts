import { type SpaceSubject, type SpaceView, spaceViews } from '../../src/shared/spaceProtocol.ts';
import { type MapChoices, restoreMap } from './map/choices.ts';
import { type MistakesChoices, restoreMistakes } from './mistakes/choices.ts';
import { type NeighboursChoices, restoreNeighbours } from './neighbours/choices.ts';
import { restoreSelection, type SelectionChoices } from './selection/choices.ts';

/** What the person set; survives hiding and reload. No data. */
export interface Choices {
  view: SpaceView;
  /** Undefined: the model's automatic feature layer. */
  layer?: string;
  /** Path of the image in focus: lit on the map, the query of the neighbours. */
  focus?: string;
  map: MapChoices;
  neighbours: NeighboursChoices;
  mistakes: MistakesChoices;
  selection: SelectionChoices;
}

export interface Saved {
  subject: SpaceSubject | undefined;
  choices: Choices;
}

/** Kept state may be of an older version of this page: anything unexpected is left out. */
export function restore(value: unknown): Saved {
  const { subject, choices } = record(value);
  const kept = record(choices);
  const { layer, focus } = kept;
  return {
    subject: Object.keys(record(subject)).length > 0 ? (subject as SpaceSubject) : undefined,
    choices: {
      view: spaceViews.find((view) => view === kept.view) ?? 'map',
      ...(typeof layer === 'string' && { layer }),
      ...(typeof focus === 'string' && { focus }),
      map: restoreMap(record(kept.map)),
      neighbours: restoreNeighbours(record(kept.neighbours)),
      mistakes: restoreMistakes(record(kept.mistakes)),
      selection: restoreSelection(record(kept.selection)),
    },
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
