// biome-ignore lint/suspicious/noEmptyInterface: a stub
export interface VisualiseState {}

export const noVisualise: VisualiseState = {};
