// biome-ignore lint/suspicious/noEmptyInterface: to be filled
export interface NeighboursState {}

export const noNeighbours: NeighboursState = {};
