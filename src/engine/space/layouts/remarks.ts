/** From so many points on there are neighbours to speak of. */
export const fewest = 4;

export function fewPoints(count: number, method: string): string {
  return `${count === 1 ? 'One image is' : `${count} images are`} too few for ${method}: these are the first two principal components.`;
}

export const samePoints = 'All images have the same features: there is nothing to lay out.';

export const stoppedEarly = 'Stopped before points began to move: these are the first two principal components.';
