import type { ClassScalar } from '../../../src/shared/unitsProtocol.ts';

type Values = Readonly<Record<string, number | string>>;

const backdrops = ['opaque', 'checker', 'paper'] as const;

/** What is seen through a picture that has a transparency; `opaque`: it is drawn without. */
export type Backdrop = (typeof backdrops)[number];

export interface VisualiseChoices {
  of: 'class' | 'unit';
  /** The class to climb; undefined: the first. */
  class?: number;
  over: ClassScalar;
  /** The unit of the layer on show; undefined: the first. */
  unit?: number;
  cells: 'mean' | 'centre';
  /** VisualiserInfo.id; undefined: the first. */
  method?: string;
  /** What differs from the defaults, per method. */
  params: Readonly<Record<string, Values>>;
  backdrop: Backdrop;
  /** The card about the method is open. */
  about: boolean;
  /** The turn whose class was climbed: once is enough. */
  begun?: string;
}

export function restoreVisualise(kept: Record<string, unknown>): VisualiseChoices {
  const { method, params, begun } = kept;
  return {
    of: kept.of === 'unit' ? 'unit' : 'class',
    ...(isIndex(kept.class) && { class: kept.class }),
    over: kept.over === 'lead' ? 'lead' : 'logit',
    ...(isIndex(kept.unit) && { unit: kept.unit }),
    cells: kept.cells === 'centre' ? 'centre' : 'mean',
    ...(typeof method === 'string' && { method }),
    params: restoreParams(params),
    backdrop: backdrops.find((backdrop) => backdrop === kept.backdrop) ?? 'checker',
    about: kept.about !== false,
    ...(typeof begun === 'string' && { begun }),
  };
}

function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

function restoreParams(kept: unknown): VisualiseChoices['params'] {
  const methods = Object.entries(typeof kept === 'object' && kept !== null ? kept : {});
  const isParam = ([, value]: [string, unknown]) => typeof value === 'number' || typeof value === 'string';
  return Object.fromEntries(
    methods.map(([id, values]) => [id, Object.fromEntries(Object.entries(values ?? {}).filter(isParam)) as Values]),
  );
}
