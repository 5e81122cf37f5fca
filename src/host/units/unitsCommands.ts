import * as vscode from 'vscode';
import { modelName } from '../../shared/modelFormats.ts';
import type { Host } from '../host.ts';
import { modelInUse } from '../modelInUse.ts';
import { pickClass } from './pickClass.ts';
import type { UnitsPanels } from './unitsPanels.ts';
import { unitsTarget } from './unitsTarget.ts';

/** Commands about units, by their names. */
export function unitsCommands(host: Host, units: UnitsPanels): Record<string, (...args: unknown[]) => unknown> {
  return {
    showUnits: async (arg) => {
      const target = unitsTarget(arg);
      const model = target.model ?? (await modelInUse(host, arg));
      if (model !== undefined) await units.open({ ...target, model });
    },
    visualiseClass: async () => {
      const model = units.active?.subject.model ?? (await modelInUse(host));
      const index = model === undefined ? undefined : await pickClass(host.engine, model);
      if (model !== undefined && index !== undefined) {
        await units.open({ model, image: undefined, turn: { view: 'visualise', class: index } });
      }
    },
    deleteCollected: async () => {
      const model = units.active?.subject.model ?? (await modelInUse(host));
      if (model !== undefined && (await confirmed(model))) {
        for (const store of await host.stores.all()) await host.engine.call('forgetCollected', { model, store });
        units.refresh(model);
      }
    },
  };
}

async function confirmed(model: string): Promise<boolean> {
  const remove = vscode.l10n.t('Delete');
  const detail = vscode.l10n.t('The strongest patches and the distributions of its units are collected again when they are asked for.');
  const question = vscode.l10n.t("Delete the activations that were collected of '{0}'?", modelName(model));
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) === remove;
}
