export interface FiltersChoices {
  /** Where the colours end: at the largest |weight| of all units, or of each by itself. */
  scale: 'shared' | 'own';
  order: 'number' | 'norm';
}

export function restoreFilters(kept: Record<string, unknown>): FiltersChoices {
  return { scale: kept.scale === 'own' ? 'own' : 'shared', order: kept.order === 'norm' ? 'norm' : 'number' };
}
