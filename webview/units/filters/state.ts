// biome-ignore lint/suspicious/noEmptyInterface: a stub
export interface FiltersState {}

export const noFilters: FiltersState = {};
