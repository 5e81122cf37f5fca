import type { ExplanationMap } from '../../../src/shared/protocol.ts';
import type { Scale } from '../../draw/scale.ts';
import type { BarScale } from '../../page/scaleBar.ts';
import { lookOf } from '../look.ts';
import type { PageState } from '../state.ts';
import type { Cell } from './cells.ts';
import { sharingOf } from './choices.ts';
import type { Comparison } from './comparison.ts';
import type { Content } from './content.ts';

/** Colours that some maps share. */
export interface SharedScale extends BarScale {
  id: string;
  unit: string;
  /** Cells that use it. */
  cells: readonly Cell[];
}

/** By cell key: the scale its map is drawn with. Flat maps and those not there have none. */
export function scalesOf(
  state: PageState,
  { cells }: Comparison,
  contents: ReadonlyMap<string, Content>,
): ReadonlyMap<string, SharedScale> {
  const groups = new Map<string, SharedScale>();
  const of = new Map<string, string>();
  for (const cell of cells) {
    const content = contents.get(cell.key);
    if (!content?.map || content.state === 'flat') continue;
    const scale = scaleFor(state, content.map);
    const id = groupOf(state, cell, content.map, scale);
    groups.set(id, joined(groups.get(id), { ...scale, id, cells: [cell] }));
    of.set(cell.key, id);
  }
  return new Map([...of].map(([key, id]) => [key, groups.get(id) as SharedScale]));
}

function scaleFor(state: PageState, map: ExplanationMap): Omit<SharedScale, 'id' | 'cells'> {
  const { scale, colorMap } = lookOf(state, map);
  return { kind: scale.kind, low: scale.low, high: scale.high, beyond: scale.beyond > 0, unit: map.unit, colorMap };
}

/** Only maps of one unit and kind of scale share; a row is a method in its variant. */
function groupOf(state: PageState, cell: Cell, { unit }: ExplanationMap, { kind }: { kind: Scale['kind'] }): string {
  const sharing = sharingOf(state.choices.compare ?? {});
  if (sharing === 'map') return cell.key;
  return JSON.stringify([sharing === 'row' ? cell.ref.id : '', unit, kind]);
}

function joined(known: SharedScale | undefined, scale: SharedScale): SharedScale {
  if (!known) return scale;
  return {
    ...known,
    low: Math.min(known.low, scale.low),
    high: Math.max(known.high, scale.high),
    beyond: known.beyond || scale.beyond,
    cells: [...known.cells, ...scale.cells],
  };
}
