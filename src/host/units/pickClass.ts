import * as vscode from 'vscode';
import type { EngineClient } from '../engineClient.ts';

/** Asks for a class of a model; its index. Undefined: cancelled. */
export async function pickClass(engine: EngineClient, model: string): Promise<number | undefined> {
  const items = engine.call('open', { model }).then(({ classes, labels }) =>
    Array.from({ length: classes }, (_, index) => {
      const label = labels?.[index];
      return label === undefined ? { label: `class ${index}`, index } : { label, description: `class ${index}`, index };
    }),
  );
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Glassbox: Visualise a Class',
    placeHolder: 'Class whose logit is climbed',
    matchOnDescription: true,
  });
  return chosen?.index;
}
