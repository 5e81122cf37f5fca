import type { Flow } from './flow.ts';

/** [ and ] step through pairs, B shows the second map in the place of the first one, Escape leaves what is pointed at. */
export function onKey(event: KeyboardEvent, flow: Flow): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
  if (event.key === '[' || event.key === ']') flow.step(event.key === '[' ? -1 : 1);
  else if (event.key.toLowerCase() === 'b') flow.flip(true);
  else if (event.key !== 'Escape' || !flow.leave()) return;
  event.preventDefault();
}

export function onKeyUp(event: KeyboardEvent, flow: Flow): void {
  if (event.key.toLowerCase() === 'b') flow.flip(false);
}

/** A list is found by typing. */
function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type !== 'range');
}
