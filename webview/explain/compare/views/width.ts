let observer: ResizeObserver | undefined;
let observed: Element | undefined;
let tell: (width: number) => void = () => {};

/** A ref callback that reports the inner width of the element, now and whenever it changes. */
export function observeWidth(report: (width: number) => void): (element: Element | undefined) => void {
  tell = report;
  return (element) => {
    if (element === undefined || element === observed) return;
    observed = element;
    observer ??= new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      // 0: it was taken away, and will be as wide as before when it is back.
      if (width > 0) tell(width);
    });
    observer.disconnect();
    observer.observe(element);
  };
}
