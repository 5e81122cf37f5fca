import * as vscode from 'vscode';
import type { TrainingState } from '../../shared/trainingProtocol.ts';
import type { Training } from './training.ts';

/** Tells menus and welcome texts how it stands: `glassbox.training` is `off`, `none`, `on` or `failed`; unset until a look for runs has ended. */
export function tellContexts(training: Training): vscode.Disposable {
  const told = new Map<string, unknown>();
  const tell = (key: string, value: unknown) => {
    if (told.get(key) === value) return;
    told.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  const state = ({ following, paused, checkpoints, failure }: TrainingState) => {
    if (training.hasLooked) tell('glassbox.training', failure ? 'failed' : following);
    tell('glassbox.trainingPaused', paused);
    tell(
      'glassbox.checkpointPinned',
      checkpoints.some(({ pinned }) => pinned),
    );
  };
  const none = () => {};
  return training.listen({ state, frames: none, whole: none, logs: none });
}
