type Values = Readonly<Record<string, number | string>>;

export const colourings = ['predicted', 'label', 'correct', 'confidence', 'folder'] as const;
/** What the colour of a point tells. */
export type Colouring = (typeof colourings)[number];

/** What the person set of this view. */
export interface MapChoices {
  /** LayoutInfo.id; undefined: the first. */
  method?: string;
  /** What differs from the defaults, per method. */
  params: Readonly<Record<string, Values>>;
  /** Undefined: what the data has to tell. */
  colour?: Colouring;
  /** Pictures in place of dots however many are in view. */
  pictures: boolean;
  /** The parameters are on show. */
  setup: boolean;
  /** The card about the method is open. */
  about: boolean;
}

export function restoreMap(kept: Record<string, unknown>): MapChoices {
  const { method } = kept;
  const colour = colourings.find((each) => each === kept.colour);
  return {
    ...(typeof method === 'string' && { method }),
    params: restoreParams(kept.params),
    ...(colour && { colour }),
    pictures: kept.pictures === true,
    setup: kept.setup === true,
    about: kept.about === true,
  };
}

function restoreParams(kept: unknown): MapChoices['params'] {
  const methods = Object.entries(typeof kept === 'object' && kept !== null ? kept : {});
  const isParam = ([, value]: [string, unknown]) => typeof value === 'number' || typeof value === 'string';
  return Object.fromEntries(
    methods.map(([id, values]) => [id, Object.fromEntries(Object.entries(values ?? {}).filter(isParam)) as Values]),
  );
}
