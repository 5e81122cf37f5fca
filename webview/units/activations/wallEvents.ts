import type { UnitLayer } from '../../../src/shared/unitsProtocol.ts';
import { focusPlace } from '../../ui/focusPlace.ts';
import { gridKey } from '../../ui/gridKey.ts';
import type { Flow } from '../flow.ts';
import type { WallLayout } from './wallLayout.ts';

/** Pointer and keys on the maps. They are told apart by their data attributes: one listener serves thousands. */
export function wallEvents(layer: UnitLayer, layout: WallLayout, { activations, openUnit }: Pick<Flow, 'activations' | 'openUnit'>) {
  return {
    click: (event: Event) => {
      const tile = tileOf(event);
      if (tile) openUnit(tile.unit);
    },
    focus: (event: Event) => {
      const tile = tileOf(event);
      if (!tile) return;
      activations.moveTo(tile.place);
      activations.point(tile.unit);
    },
    point: (event: PointerEvent) => {
      // What scrolls under a pointer at rest is not pointed at: the keyboard has brought it there.
      const hasMoved = event.movementX !== 0 || event.movementY !== 0;
      const tile = tileOf(event);
      if (tile && hasMoved) activations.point(tile.unit);
    },
    leave: () => activations.point(undefined),
    key: (event: KeyboardEvent) => {
      const tile = tileOf(event);
      if (!tile || event.ctrlKey || event.metaKey || event.altKey) return;
      const to = gridKey(event.key, tile.place, { count: layer.units, columns: layout.columns, page: layout.bands.perBand });
      if (to === undefined) return;
      event.preventDefault();
      const place = Math.min(layer.units - 1, Math.max(0, to));
      activations.moveTo(place);
      focusPlace(event.currentTarget as Element, place);
    },
  };
}

function tileOf(event: Event): { unit: number; place: number } | undefined {
  const tile = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-place]') : null;
  return tile ? { unit: Number(tile.dataset.unit), place: Number(tile.dataset.place) } : undefined;
}
