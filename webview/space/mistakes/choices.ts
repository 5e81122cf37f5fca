/** What the person set of this view. */
// biome-ignore lint/suspicious/noEmptyInterface: to be filled
export interface MistakesChoices {}

export function restoreMistakes(_kept: Record<string, unknown>): MistakesChoices {
  return {};
}
