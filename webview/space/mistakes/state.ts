// biome-ignore lint/suspicious/noEmptyInterface: to be filled
export interface MistakesState {}

export const noMistakes: MistakesState = {};
