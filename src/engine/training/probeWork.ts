import { basename } from 'node:path';
import { averagedCells, type CellMap, type ObjectMask, onBorder, onObject } from '../../explain/evidence.ts';
import { isAbort, ModelError, toErrorRecord } from '../../shared/errors.ts';
import { borderWidth, type MapChoice } from '../../shared/trainingProtocol.ts';
import { type Prepared, preparedOf } from '../inputs.ts';
import type { JobContext } from '../jobs.ts';
import type { OpenModel } from '../models.ts';
import { resolveRequest } from '../resolve.ts';
import type { KnownVersion } from './checkpoint.ts';
import type { TrainingServices } from './handler.ts';
import type { KeptProbes, MapKey, MapOf, ProbeMap } from './keptProbes.ts';
import type { FedProbe } from './probeImages.ts';
import { logitsOfMany } from './probeLogits.ts';
import { mapsOfMany } from './probeMaps.ts';
import { lookUpMaps, mapOf, orError, type WorkRow } from './probeRows.ts';
import { unlessStoreFails } from './unlessStoreFails.ts';

/** Cells of a side that are kept of a map. */
const mostCells = 32;
/** Images decoded side by side. */
const decodedAtOnce = 4;

/** A checkpoint that is open, and what is kept of its version. */
interface Checkpoint {
  open: OpenModel;
  known: KnownVersion;
  kept: KeptProbes;
}

/** What one checkpoint still has to say of probes. All of it comes from the model in memory. */
export class ProbeWork {
  readonly #services: TrainingServices;
  readonly #checkpoint: Checkpoint;
  readonly #context: JobContext;

  constructor(services: TrainingServices, checkpoint: Checkpoint, context: JobContext) {
    this.#services = services;
    this.#checkpoint = checkpoint;
    this.#context = context;
  }

  /** Logits of the rows that have none. Throws ModelError('weights') where one is NaN or infinite: the checkpoint is of no use. */
  async addLogits(rows: readonly WorkRow[]): Promise<void> {
    const { open, kept } = this.#checkpoint;
    const missing = rows.filter(({ logits, hash }) => !logits && hash !== undefined);
    await this.#feed(missing);
    const fed = missing.flatMap((row) => (row.fed ? [{ row, probe: row.fed }] : []));
    const inputs = fed.map(({ row, probe }) => ({ name: basename(row.image), tensor: probe.fed.tensor }));
    const all = await logitsOfMany(this.#services, open, inputs, this.#context);
    for (const [i, { row }] of fed.entries()) row.logits = all[i];
    const items = fed.map(({ row }) => ({ image: row.hash as string, logits: row.logits as Float32Array }));
    await unlessStoreFails(() => kept.keepLogits(items), undefined);
  }

  /** Maps of the rows that have none. Returns what the request comes to; undefined: this model cannot be explained so, as the rows say. */
  async addMaps(rows: readonly WorkRow[], choice: MapChoice, tell: () => void): Promise<MapKey | undefined> {
    const { known, kept } = this.#checkpoint;
    const key = this.#resolve(rows, choice);
    if (key) {
      await unlessStoreFails(async () => {
        await kept.keepChoice(choice.request, key);
        await lookUpMaps(kept, { known, key, of: choice.of }, rows);
      }, undefined);
    }
    tell();
    if (!key) return undefined;
    const missing = rows.filter(({ settled }) => !settled);
    await this.#feed(missing);
    const info = { ...(await this.#services.inputs.describe(this.#checkpoint.open, undefined)), labels: known.labels };
    const explained = missing.flatMap((row) => {
      const of = mapOf(row, known, choice.of);
      return row.fed && of ? [{ row, of, class: of.class, input: this.#prepared(row.image, row.fed, info) }] : [];
    });
    for await (const outcomes of mapsOfMany(this.#services, key, explained, this.#context)) {
      const done: { of: MapOf; map: ProbeMap }[] = [];
      for (const { of, outcome } of outcomes) {
        if ('error' in outcome) of.row.errors.push(outcome.error);
        else {
          of.row.map = measured(outcome.map, known.model.about.input, await this.#mask(of.row));
          done.push({ of: of.of, map: of.row.map });
        }
        of.row.settled = true;
        tell();
      }
      await unlessStoreFails(() => kept.keepMaps(key, done), undefined);
    }
    return key;
  }

  /** What is wrong with the request is said of every row: what the checkpoint predicts is known all the same. */
  #resolve(rows: readonly WorkRow[], { request }: MapChoice): MapKey | undefined {
    const { open } = this.#checkpoint;
    try {
      const { method, variant, layer, params } = resolveRequest(open, request);
      return { method: method.info.id, variant, layer, params };
    } catch (error) {
      if (isAbort(error)) throw error;
      const record = toErrorRecord(error instanceof ModelError ? error.with({ file: open.model.file }) : error);
      for (const row of rows.filter(({ settled }) => !settled)) {
        row.errors.push(record);
        row.settled = true;
      }
      return undefined;
    }
  }

  async #feed(rows: readonly WorkRow[]): Promise<void> {
    const { preprocessing: how, model } = this.#checkpoint.known;
    const { signal } = this.#context;
    const missing = rows.filter(({ fed }) => !fed);
    for (let from = 0; from < missing.length; from += decodedAtOnce) {
      await Promise.all(
        missing.slice(from, from + decodedAtOnce).map(async (row) => {
          const context = { how, input: model.about.input, signal };
          row.fed = await orError(row, () => this.#services.probeImages.feed(row.image, row.hash as string, context));
          row.settled ||= !row.fed;
        }),
      );
    }
  }

  async #mask({ mask }: WorkRow): Promise<ObjectMask | undefined> {
    const { preprocessing: how, model } = this.#checkpoint.known;
    const context = { how, input: model.about.input, signal: this.#context.signal };
    return mask && (await this.#services.probeImages.mask(mask.path, mask.hash, context));
  }

  #prepared(path: string, { hash, width, height, fed }: FedProbe, info: Prepared['info']): Prepared {
    const { open, known } = this.#checkpoint;
    return preparedOf(open, info, { path, name: basename(path), width, height, hash }, fed, known.preprocessing);
  }
}

function measured(map: CellMap, fed: { height: number; width: number }, mask: ObjectMask | undefined): ProbeMap {
  const border = onBorder(map, fed, borderWidth);
  const object = mask ? onObject(map, mask) : { share: Number.NaN, area: Number.NaN, peak: false };
  const { values, height, width } = averagedCells(map, mostCells);
  return {
    ...{ values, height, width },
    ...{ borderShare: border.share, borderPeak: border.peak },
    ...{ objectShare: object.share, objectArea: object.area, objectPeak: object.peak },
  };
}
