import * as vscode from 'vscode';
import { describeError, isAbort, toErrorRecord } from '../shared/errors.ts';

/** For errors that no panel is there to show. */
export async function reportError(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (isAbort(error)) return;
  log.error(error instanceof Error ? error : String(error));
  const show = vscode.l10n.t('Show Log');
  const chosen = await vscode.window.showErrorMessage(describeError(toErrorRecord(error)), show);
  if (chosen === show) log.show();
}

/** A command handler whose errors are reported. */
export function reporting<Args extends unknown[]>(
  log: vscode.LogOutputChannel,
  run: (...args: Args) => unknown,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    try {
      await run(...args);
    } catch (error) {
      void reportError(error, log);
    }
  };
}
