import type { Size } from '../../draw/geometry.ts';

let observer: ResizeObserver | undefined;
let observed: Element | undefined;
let tell: (room: Size) => void = () => {};

/** A ref callback that reports the inner size of the element (without scroll bars' share) now and whenever it changes. */
export function observeRoom(report: (room: Size) => void): (element: Element | undefined) => void {
  tell = report;
  return (element) => {
    if (element === undefined || element === observed) return;
    observed = element;
    observer ??= new ResizeObserver(([entry]) => {
      if (entry) tell({ width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) });
    });
    observer.disconnect();
    observer.observe(element);
  };
}
