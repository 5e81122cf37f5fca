/** What the person set of this view. */
// biome-ignore lint/suspicious/noEmptyInterface: to be filled
export interface MapChoices {}

export function restoreMap(_kept: Record<string, unknown>): MapChoices {
  return {};
}
