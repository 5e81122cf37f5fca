import { regionModel } from '../explain/region.ts';
import { regionKey } from '../explain/target.ts';
import type { Rect } from '../shared/protocol.ts';
import type { Prepared } from './inputs.ts';

/**
 * The same image for the model whose logits are the means over `region` of its dense output. Hash and key differ from the
 * whole's, so that programs, logits and maps of both are kept apart.
 */
export function inRegion(input: Prepared, region: Rect | undefined): Prepared {
  if (!region) return input;
  const model = regionModel(input.open.model, region);
  if (model === input.open.model) return input;
  return { ...input, open: { ...input.open, model }, key: `${input.key}@${regionKey(region)}` };
}
