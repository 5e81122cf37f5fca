export interface LogChoices {
  /** Ids of the charts that are drawn; undefined: the usual ones. */
  shown?: readonly string[];
  /** Ids of those on a logarithmic scale. */
  scales?: readonly string[];
}

/** Kept is no more than anybody clicks. */
const most = 200;

/** Anything unexpected is left out. */
export function restoreLogs(value: unknown): LogChoices {
  const from: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  const texts = (kept: unknown) => (Array.isArray(kept) ? kept.filter((each) => typeof each === 'string').slice(0, most) : undefined);
  const [shown, scales] = [texts(from.shown), texts(from.scales)];
  return { ...(shown && { shown }), ...(scales && { scales }) };
}
