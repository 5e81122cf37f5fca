let observer: ResizeObserver | undefined;
let observed: Element | undefined;
let tell: (width: number) => void = () => {};

/** A ref callback that reports the inner width of the element, now and whenever it changes. */
export function observeWidth(report: (width: number) => void): (element: Element | undefined) => void {
  tell = report;
  return (element) => {
    if (element === undefined || element === observed) return;
    observed = element;
    observer ??= new ResizeObserver(([entry]) => entry && tell(Math.floor(entry.contentRect.width)));
    observer.disconnect();
    observer.observe(element);
  };
}
