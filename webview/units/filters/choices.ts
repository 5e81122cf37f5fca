// biome-ignore lint/suspicious/noEmptyInterface: a stub
export interface FiltersChoices {}

export function restoreFilters(_kept: Record<string, unknown>): FiltersChoices {
  return {};
}
