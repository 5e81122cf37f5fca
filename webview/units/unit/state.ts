// biome-ignore lint/suspicious/noEmptyInterface: a stub
export interface UnitState {}

export const noUnit: UnitState = {};
