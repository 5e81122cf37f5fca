// biome-ignore lint/suspicious/noEmptyInterface: a stub
export interface PatchesState {}

export const noPatches: PatchesState = {};
