// biome-ignore lint/suspicious/noEmptyInterface: a stub
export interface ActivationsState {}

export const noActivations: ActivationsState = {};
