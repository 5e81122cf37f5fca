import type { Flow } from '../flow.ts';

const find = (image: string) => document.querySelector<HTMLElement>(`[data-testid=probe][data-image="${CSS.escape(image)}"]`);
const pictureOf = (row: HTMLElement | null) => row?.querySelector<HTMLElement>('.probe-picture');
const focus = (row: HTMLElement | null) => pictureOf(row)?.focus({ preventScroll: true });

/** The row comes into view and takes the focus, whatever is filtered. */
export function goTo(flow: Flow, image: string): void {
  if (!find(image)) flow.choose({ only: undefined });
  requestAnimationFrame(() => {
    const row = find(image);
    row?.scrollIntoView({ block: 'center' });
    focus(row);
  });
}

/** The close-up is put away: the row's picture has the focus and stays in sight, though the page becomes shorter. */
export function closeCloseUp(flow: Flow, image: string): void {
  focus(find(image));
  flow.choose({ probe: undefined });
  requestAnimationFrame(() => pictureOf(find(image))?.scrollIntoView({ block: 'nearest' }));
}
