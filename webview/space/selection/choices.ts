/** What the person set of this view. */
// biome-ignore lint/suspicious/noEmptyInterface: to be filled
export interface SelectionChoices {}

export function restoreSelection(_kept: Record<string, unknown>): SelectionChoices {
  return {};
}
