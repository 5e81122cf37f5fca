import type { TrainingLog } from './trainingProtocol.ts';

/** Folders of a TensorBoard run that are parts of one. */
const parts = new Set(['train', 'training', 'validation', 'val', 'eval', 'test']);

/** A log for people: its file; of event files, whose names say nothing, the folder. */
export function logName({ file, kind, axis }: Pick<TrainingLog, 'file' | 'kind' | 'axis'>): string {
  const path = file.split(/[\\/]/);
  if (kind !== 'tensorboard') return path.at(-1) ?? file;
  const folder = path.slice(0, -1).findLast((name) => !parts.has(name.toLowerCase())) ?? '';
  return `TensorBoard: ${folder}, by ${axis}`;
}
