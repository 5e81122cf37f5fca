/** The places of a slider and the numbers that stand at them. */
export interface Track {
  /** 0 … places */
  places: number;
  value(place: number): number;
  place(value: number): number;
}

/** More places than this no hand tells apart. */
const most = 1000;

/** Numbers that run over more than this many steps are names rather than sizes: a seed. */
const mostSteps = 30_000;

/** Even steps; for counts over a long range steps that grow with them. Undefined: a slider would be of no use. */
export function trackOf(min: number | undefined, max: number | undefined, step: number | undefined): Track | undefined {
  if (min === undefined || max === undefined || max <= min) return undefined;
  const size = step ?? (max - min) / most;
  const steps = Math.round((max - min) / size);
  const within = (value: number) => Math.min(max, Math.max(min, value));
  if (steps <= most) {
    return {
      places: steps,
      value: (place) => within(Number((min + place * size).toPrecision(12))),
      place: (value) => Math.round((within(value) - min) / size),
    };
  }
  if (min <= 0 || steps > mostSteps) return undefined;
  const growth = Math.log(max / min) / most;
  return {
    places: most,
    value: (place) => within(Math.round(Number((min * Math.exp(growth * place)).toPrecision(2)) / size) * size),
    place: (value) => Math.round(Math.log(within(value) / min) / growth),
  };
}
