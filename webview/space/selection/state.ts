// biome-ignore lint/suspicious/noEmptyInterface: to be filled
export interface SelectionState {}

export const noSelection: SelectionState = {};
