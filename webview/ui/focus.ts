const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Where an arrow, Home or End key leads from `at` in a ring of `count`; undefined for other keys. */
export function nextIndex(key: string, at: number, count: number): number | undefined {
  if (count === 0) return undefined;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = steps[key];
  return step === undefined ? undefined : (Math.max(at, step > 0 ? -1 : 0) + step + count) % count;
}

/** Moves the focus among `items` by keyboard; returns the item that has it now. */
export function moveFocus(event: KeyboardEvent, items: readonly HTMLElement[]): HTMLElement | undefined {
  const to = nextIndex(event.key, items.indexOf(document.activeElement as HTMLElement), items.length);
  if (to === undefined) return undefined;
  const item = items[to];
  item?.focus();
  return item;
}
