// biome-ignore lint/suspicious/noEmptyInterface: to be filled
export interface MapState {}

export const noMap: MapState = {};
