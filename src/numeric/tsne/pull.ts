/** Where points are held to, and how strongly. */
export interface Held {
  /** [n,2]; NaN: the point goes where it likes. */
  places: Float32Array;
  /** λ: what it costs is λ/2n · Σ |y_i − place_i|². */
  strength: number;
}

/**
 * Adds the pull to the attraction, as this has it: a quarter of the gradient of its cost.
 * @param positions [n,2], as `places` and `attraction` in the same order of points
 * @see Rauber, Falcão, Telea, Visualizing Time-Dependent Data Using Dynamic t-SNE, EuroVis 2016, equation 4
 */
export function pull(positions: Float64Array, places: Float64Array, strength: number, attraction: Float64Array): void {
  const factor = strength / (2 * positions.length);
  for (let k = 0; k < positions.length; k++) {
    const place = places[k] as number;
    if (!Number.isNaN(place)) attraction[k] = (attraction[k] as number) + factor * ((positions[k] as number) - place);
  }
}

/** λ/2n · Σ |y_i − place_i|². */
export function pullCost(positions: Float32Array | Float64Array, { places, strength }: Held): number {
  let sum = 0;
  for (let k = 0; k < positions.length; k++) {
    const place = places[k] as number;
    if (!Number.isNaN(place)) sum += ((positions[k] as number) - place) ** 2;
  }
  return (strength * sum) / positions.length;
}
