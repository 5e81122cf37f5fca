import { fromErrorRecord, ModelError } from '../../../src/shared/errors.ts';
import type { Client } from '../../../src/shared/rpc.ts';
import type { ImageRef, Patch, ProjectionRule, UnitsPageCalls } from '../../../src/shared/unitsProtocol.ts';
import { Ask } from '../../page/ask.ts';
import type { UnitState } from './state.ts';

type Slots = Omit<UnitState, 'all' | 'selected' | 'drawn'>;

/** A part of the page that is asked for by itself. */
export type Section = keyof Slots;

type Answer<S extends Section> = NonNullable<Slots[S]['value']>;

/** The unit that is asked about; `about` names it. */
export interface UnitSubject {
  about: string;
  generation: number;
  layer: string;
  unit: number;
}

/** Longest side of a patch on the unit's page, pixels. */
const size = 160;

/** The questions of a unit's page. */
export class UnitAsks {
  readonly #client: Client<UnitsPageCalls>;
  readonly #asks: { [S in Section]: Ask<Answer<S>> };

  constructor(client: Client<UnitsPageCalls>, show: (patch: Partial<UnitState>) => void) {
    this.#client = client;
    this.#asks = {
      patches: new Ask((patches) => show({ patches })),
      selectedMap: new Ask((selectedMap) => show({ selectedMap })),
      selectedProjection: new Ask((selectedProjection) => show({ selectedProjection })),
      projections: new Ask((projections) => show({ projections })),
      maps: new Ask((maps) => show({ maps })),
      summary: new Ask((summary) => show({ summary })),
      classes: new Ask((classes) => show({ classes })),
      kernel: new Ask((kernel) => show({ kernel })),
    };
  }

  drop(...sections: Section[]): void {
    for (const section of sections) this.#asks[section].drop();
  }

  dropAll(): void {
    for (const ask of Object.values(this.#asks)) ask.drop();
  }

  again(section: Section): void {
    this.#asks[section].again();
  }

  patches({ about, ...of }: UnitSubject, stamp: string, count: number): void {
    const { unit, ...rest } = of;
    this.#asks.patches.want(about, `${stamp} ${count}`, async (signal) => {
      const [found] = await this.#client.call('topPatches', { ...rest, units: [unit], count, size }, { signal });
      if (!found) throw new ModelError('internal', `The engine gave no patches of unit ${unit}.`);
      return found;
    });
  }

  summary({ about, ...of }: UnitSubject, stamp: string, quantile: number): void {
    this.#asks.summary.want(about, `${stamp} ${quantile}`, (signal) => this.#client.call('unitSummary', { ...of, quantile }, { signal }));
  }

  /** `stamp`: with nothing collected the weights of a linear layer still tell. */
  classes({ about, ...of }: UnitSubject, stamp: string): void {
    this.#asks.classes.want(about, stamp, (signal) => this.#client.call('unitClasses', of, { signal }));
  }

  kernel({ about, generation, layer, unit }: UnitSubject): void {
    this.#asks.kernel.want(about, '', (signal) => this.#client.call('filters', { generation, layer, from: unit, count: 1 }, { signal }));
  }

  maps({ about, ...of }: UnitSubject, images: readonly ImageRef[]): void {
    const paths = images.map(({ path }) => path);
    this.#asks.maps.want(about, paths.join('\n'), async (signal, tell) => {
      const there = images.map(() => undefined) as Answer<'maps'>;
      const onProgress = filling(there, tell);
      return await this.#client.call('unitMaps', { ...of, images: paths }, { signal, onProgress });
    });
  }

  /** What drove the unit in each patch, in their order. */
  projections({ about, ...of }: UnitSubject, rule: ProjectionRule, patches: readonly Patch[]): void {
    const at = patches.map(placeOf);
    this.#asks.projections.want(`${about} ${rule}`, JSON.stringify(at), async (signal, tell) => {
      const there = patches.map(() => undefined) as Answer<'projections'>;
      const onProgress = filling(there, tell);
      return await this.#client.call('projections', { ...of, rule, at }, { signal, onProgress });
    });
  }

  /** The unit over the whole image of a patch. */
  selectedMap({ about, ...of }: UnitSubject, { image }: Patch): void {
    this.#asks.selectedMap.want(`${about} ${image.path}`, '', async (signal) => {
      const [outcome] = await this.#client.call('unitMaps', { ...of, images: [image.path] }, { signal });
      if (!outcome || 'error' in outcome) throw outcome ? fromErrorRecord(outcome.error) : unanswered(image);
      return outcome.map;
    });
  }

  selectedProjection({ about, ...of }: UnitSubject, rule: ProjectionRule, patch: Patch): void {
    const at = [placeOf(patch)];
    this.#asks.selectedProjection.want(`${about} ${JSON.stringify(at)}`, rule, async (signal) => {
      const [outcome] = await this.#client.call('projections', { ...of, rule, at }, { signal });
      if (!outcome || 'error' in outcome) throw outcome ? fromErrorRecord(outcome.error) : unanswered(patch.image);
      return outcome.projection;
    });
  }
}

function placeOf({ image, at }: Patch): { image: string; at: readonly [number, number] } {
  return { image: image.path, at };
}

/** Puts each answer of several in its place, and tells all that are there. */
function filling<T>(there: readonly (T | undefined)[], tell: (all: readonly (T | undefined)[]) => void) {
  let all = there;
  return ({ index, outcome }: { index: number; outcome: T }) => {
    all = all.with(index, outcome);
    tell(all);
  };
}

function unanswered(image: ImageRef): ModelError {
  return new ModelError('internal', `The engine gave no answer for ${image.name}.`);
}
