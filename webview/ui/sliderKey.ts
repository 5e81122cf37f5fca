/** Where a key leads from `at` among `count`, as on a slider; undefined: nowhere. */
export function sliderKey(key: string, at: number, count: number): number | undefined {
  if (count === 0) return undefined;
  const page = Math.max(1, Math.round(count / 10));
  const to: Readonly<Record<string, number>> = {
    ...{ ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1 },
    ...{ PageUp: at + page, PageDown: at - page, Home: 0, End: count - 1 },
  };
  const place = to[key];
  return place === undefined ? undefined : Math.min(count - 1, Math.max(0, place));
}
