// biome-ignore lint/suspicious/noEmptyInterface: a stub
export interface PatchesChoices {}

export function restorePatches(_kept: Record<string, unknown>): PatchesChoices {
  return {};
}
