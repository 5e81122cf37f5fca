/** From so many points on there are neighbours to speak of. */
export const fewest = 4;

export function fewPoints(count: number, method: string): string {
  return `${count === 1 ? 'One image is' : `${count} images are`} too few for ${method}: these are the first two principal components.`;
}

export const samePoints = 'All images have the same features: there is nothing to lay out.';

export const stoppedEarly = 'Stopped before points began to move: these are the first two principal components.';

/** Of very many images. */
export function approximate(recall: number | undefined): string | undefined {
  return recall === undefined ? undefined : `Neighbours are found approximately: ${(100 * recall).toFixed(1)} % of the ten nearest.`;
}

/** One text; undefined: there is nothing to say. */
export function joined(...remarks: readonly (string | undefined)[]): string | undefined {
  return remarks.filter((remark) => remark !== undefined).join(' ') || undefined;
}
