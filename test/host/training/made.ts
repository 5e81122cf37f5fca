// Checkpoints and what was read of them, as tests of the host's texts and rules need them.
import { type Facts, nothingRead } from '../../../src/host/training/news/runReading.ts';
import type { Checkpoint, ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import type { Alarm } from '../../../src/shared/trainingReading.ts';

export const minute = 60_000;
/** 14:00 here, whatever the time zone. */
export const start = new Date(2026, 10, 28, 14, 0).getTime();

/** `epoch_NN`, written NN minutes after `start`. */
export function checkpoint(at: number, patch: Partial<Checkpoint> = {}): Checkpoint {
  const name = `epoch_${String(at).padStart(2, '0')}`;
  return {
    ...{ id: `/w/run/${name}/model.json`, name, at, path: `/w/run/${name}/model.json`, modified: start + at * minute, bytes: 5e6 },
    ...{ reading: { state: 'done' }, version: `v${at}`, pinned: false, gone: false },
    ...patch,
  };
}

export function facts(patch: Partial<Facts> = {}): Facts {
  return { ...nothingRead, ...patch };
}

export const right = (share: number, count = 12): Pick<Facts, 'accuracy'> => ({ accuracy: { share, of: 'probes', count } });

export const starAlarm: Alarm = {
  kind: 'border',
  class: 4,
  label: 'star',
  probes: 8,
  share: 0.93,
  peaks: 1,
  since: '/w/run/epoch_05/model.json',
};

/** Probes of three classes, by the class that each is of and is taken for. */
export function frames(
  version: string,
  truth: readonly number[],
  predicted: readonly number[],
  notFinite: readonly number[] = [],
): ProbeFrames {
  const n = truth.length;
  const numbers = (value: (row: number) => number) => Float32Array.from({ length: n }, (_, row) => value(row));
  const none = () => new Float32Array(n).fill(Number.NaN);
  return {
    ...{ version, images: truth.map((_, row) => `/w/images/${row}.png`), classes: ['cross', 'heart', 'star'], scored: true },
    ...{ truth: Int32Array.from(truth), predicted: Int32Array.from(predicted), explained: Int32Array.from(predicted) },
    ...{ confidence: numbers(() => 0.8), trueProbability: numbers((row) => (truth[row] === predicted[row] ? 0.8 : 0.1)) },
    map: { method: 'grad-cam', variant: 'default', layer: 'conv5', relu: true, signed: true, unit: '' },
    ...{ height: 1, width: 1, maps: new Float32Array(n), borderShare: none(), borderPeak: new Uint8Array(n) },
    ...{ objectShare: none(), objectArea: none(), objectPeak: new Uint8Array(n), ms: 1 },
    errors: notFinite.map((row) => ({ row, error: { code: 'weights', message: 'NaN' } })),
  };
}
