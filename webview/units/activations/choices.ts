// biome-ignore lint/suspicious/noEmptyInterface: a stub
export interface ActivationsChoices {}

export function restoreActivations(_kept: Record<string, unknown>): ActivationsChoices {
  return {};
}
