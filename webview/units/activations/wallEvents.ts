import type { UnitLayer } from '../../../src/shared/unitsProtocol.ts';
import { focusPlace } from '../../ui/focusPlace.ts';
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
      const to = next(event.key, tile.place, layer.units, layout);
      if (to === undefined) return;
      event.preventDefault();
      const place = Math.min(layer.units - 1, Math.max(0, to));
      activations.moveTo(place);
      focusPlace(event.currentTarget as Element, place);
    },
  };
}

function next(key: string, place: number, units: number, { columns, bands }: WallLayout): number | undefined {
  switch (key) {
    case 'ArrowLeft':
      return place - 1;
    case 'ArrowRight':
      return place + 1;
    case 'ArrowUp':
      return place < columns ? place : place - columns;
    case 'ArrowDown':
      return place + columns < units ? place + columns : place;
    case 'Home':
      return 0;
    case 'End':
      return units - 1;
    case 'PageUp':
      return place - bands.perBand;
    case 'PageDown':
      return place + bands.perBand;
    default:
      return undefined;
  }
}

function tileOf(event: Event): { unit: number; place: number } | undefined {
  const tile = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-place]') : null;
  return tile ? { unit: Number(tile.dataset.unit), place: Number(tile.dataset.place) } : undefined;
}
