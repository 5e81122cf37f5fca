import type { Host } from './host.ts';
import { modelOf } from './modelDocument/register.ts';
import { pickModel } from './modelPicker.ts';

/** The model that the command names or that is in front, else the one in use, else one that the person picks. */
export async function modelInUse({ models }: Host, arg?: unknown): Promise<string | undefined> {
  const known = modelOf(arg) ?? (await models.current());
  if (known !== undefined) return known;
  const chosen = await pickModel(models);
  if (chosen !== undefined) await models.use(chosen);
  return chosen;
}
