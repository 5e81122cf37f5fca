import { focusPlace } from '../../ui/focusPlace.ts';
import { gridKey } from '../../ui/gridKey.ts';
import type { Flow } from '../flow.ts';
import type { ListLayout } from './listLayout.ts';

/** Pointer and keys on the list. The images are told apart by their data attributes: one listener serves all. */
export function listEvents(ordered: readonly number[], layout: ListLayout | undefined, { selection }: Pick<Flow, 'selection'>) {
  return {
    scroll: (event: Event) => selection.scrolled((event.currentTarget as Element).scrollTop),
    click: (event: MouseEvent) => {
      const place = placeOf(event);
      if (place === undefined) return;
      if (event.shiftKey) selection.pickTo(place);
      else if (event.ctrlKey || event.metaKey) selection.toggle(place);
      else selection.pickOnly(place);
    },
    open: (event: Event) => {
      const row = ordered[placeOf(event) ?? -1];
      if (row !== undefined) selection.explain(row);
    },
    focus: (event: Event) => {
      const place = placeOf(event);
      // Shift picks from where the keyboard was: a click with it must not move that first.
      if (place !== undefined && (event.target as Element).matches(':focus-visible')) selection.moveTo(place);
    },
    key: (event: KeyboardEvent) => {
      const place = placeOf(event);
      if (place === undefined || !layout) return;
      if (act(event, place, ordered, selection)) {
        event.preventDefault();
        return;
      }
      const to = gridKey(event.key, place, { count: ordered.length, columns: layout.columns, page: 4 * layout.columns });
      if (to === undefined || event.altKey) return;
      event.preventDefault();
      const at = Math.min(ordered.length - 1, Math.max(0, to));
      if (event.shiftKey) selection.pickTo(at);
      selection.moveTo(at);
      focusPlace(event.currentTarget as Element, at);
    },
  };
}

/** Keys that do something with the image; returns whether this is one. */
function act(event: KeyboardEvent, place: number, ordered: readonly number[], selection: Flow['selection']): boolean {
  const row = ordered[place];
  if (event.key === ' ') selection.toggle(place);
  else if (event.key === 'Enter' && row !== undefined) selection.explain(row);
  else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) selection.pickAll();
  else return false;
  return true;
}

function placeOf(event: Event): number | undefined {
  const tile = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-place]') : null;
  return tile ? Number(tile.dataset.place) : undefined;
}
