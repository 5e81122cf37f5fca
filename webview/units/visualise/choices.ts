export interface VisualiseChoices {
  /** The class to climb; undefined: the first. */
  class?: number;
}

export function restoreVisualise(kept: Record<string, unknown>): VisualiseChoices {
  return typeof kept.class === 'number' ? { class: kept.class } : {};
}
