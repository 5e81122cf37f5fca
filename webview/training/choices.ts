/** What the person set; survives hiding and reload. No data. */
export interface Choices {
  /** Id of the checkpoint that the slider stands at; undefined: the newest one that was read, whichever that is. */
  at?: string;
  /** Path of the probe that is looked at closely. */
  probe?: string;
}

export interface Saved {
  choices: Choices;
}

/** Kept state may be of an older version of this page: anything unexpected is left out. */
export function restore(value: unknown): Saved {
  const { at, probe } = record(record(value).choices);
  return { choices: { ...(typeof at === 'string' && { at }), ...(typeof probe === 'string' && { probe }) } };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
