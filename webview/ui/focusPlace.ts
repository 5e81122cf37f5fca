/**
 * Moves the focus to the element with this `data-place`, in sight: after the page is drawn, which waits for the end of the turn just so.
 * The element may have to come first.
 */
export function focusPlace(within: Element, place: number): void {
  queueMicrotask(() => {
    const element = within.querySelector<HTMLElement>(`[data-place="${place}"]`);
    element?.scrollIntoView({ block: 'nearest' });
    element?.focus({ preventScroll: true });
  });
}
