/** What the person set of this view. */
// biome-ignore lint/suspicious/noEmptyInterface: to be filled
export interface NeighboursChoices {}

export function restoreNeighbours(_kept: Record<string, unknown>): NeighboursChoices {
  return {};
}
