import type { RunAxis, RunKind } from '../../../shared/trainingProtocol.ts';

/** A model file of a run, by its name alone. */
export interface RunFile {
  /** Absolute; of a folder the model file in it. */
  path: string;
  /** For people: `epoch_07`. */
  name: string;
  /** The number in its name. */
  at: number;
}

/** Checkpoints that belong together. */
export interface FoundRun {
  id: string;
  kind: RunKind;
  /** Relative to the workspace: `models/shapes/checkpoints/epoch_*`. */
  label: string;
  axis: RunAxis;
  /** Folder that all of it lies in, absolute: logs are looked for here and around. */
  folder: string;
  /** In order of `at`; of kind 'file' one. */
  files: readonly RunFile[];
}

/** What a look at the disk told of a checkpoint's files. */
export interface CheckpointFile extends RunFile {
  /** ms since 1970, of the file written last; bytes of all. */
  modified: number;
  bytes: number;
  /** Sizes, times and identities of all its files: another one where anything was written. */
  stamp: string;
  /** Everything is there and nothing was written for a while; else why not, a sentence. */
  complete: boolean;
  why: string | undefined;
  /** Not complete because it is looked at for a moment, to be sure that nobody writes: nothing is missing. */
  isAtRest?: boolean;
}
