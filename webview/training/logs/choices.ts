export interface LogChoices {
  /** Ids of the charts that are drawn; undefined: the usual ones. */
  shown?: readonly string[];
  /** Ids of those on a logarithmic scale. */
  scales?: readonly string[];
  /** Ids of those that are smoothed. */
  smooth?: readonly string[];
}

/** As it is, with `id` in one of the lists or not. */
export function toggled(choices: LogChoices | undefined, list: 'scales' | 'smooth', id: string): LogChoices {
  const before = choices?.[list] ?? [];
  return { ...choices, [list]: before.includes(id) ? before.filter((each) => each !== id) : [...before, id] };
}

/** Kept is no more than anybody clicks. */
const most = 200;

/** Anything unexpected is left out. */
export function restoreLogs(value: unknown): LogChoices {
  const from: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  const texts = (kept: unknown) => (Array.isArray(kept) ? kept.filter((each) => typeof each === 'string').slice(0, most) : undefined);
  const [shown, scales, smooth] = [texts(from.shown), texts(from.scales), texts(from.smooth)];
  return { ...(shown && { shown }), ...(scales && { scales }), ...(smooth && { smooth }) };
}
