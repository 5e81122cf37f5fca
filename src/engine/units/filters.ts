import { filterBank } from '../../inspect/filters.ts';
import { largestWeight, writeKernels } from '../../inspect/kernels.ts';
import { ModelError } from '../../shared/errors.ts';
import { untilAborted } from '../../shared/sharedJobs.ts';
import type { UnitHandler } from './handler.ts';
import { findUnitLayer } from './unitLayer.ts';

/**
 * Kernels of some units of a layer, as they are in the file; those that read the image with their channels in R G B order, whatever
 * order the network is fed. Throws ModelError('method') where the layer has no kernels or not that many.
 */
export const filters: UnitHandler<'filters'> = async ({ models, inputs }, { model: path, layer, from, count }, { signal }) => {
  const open = await untilAborted(models.open(path), signal);
  const { model } = open;
  const { info, value } = findUnitLayer(open, layer);
  const bank = filterBank(model, info.name, value);
  const about = { file: model.file, where: info.name };
  if (!bank) {
    const hint = 'Choose a convolution or a dense layer, or one that normalises or rectifies what such a layer puts out.';
    throw new ModelError('method', `The units of layer '${info.name}' of ${open.name} are not made by kernels.`, { ...about, hint });
  }
  const { kernels } = bank;
  if (!Number.isInteger(from) || !Number.isInteger(count) || from < 0 || count < 1 || from + count > kernels.units) {
    const asked = `${count} kernels from number ${from} on`;
    throw new ModelError('method', `Layer '${info.name}' of ${open.name} has ${kernels.units} kernels; ${asked} were asked for.`, {
      ...about,
      hint: `Ask for kernels between 0 and ${kernels.units - 1}.`,
    });
  }
  const bgr = bank.info.colour && (await inputs.describe(open, undefined)).preprocessing?.channels === 'BGR';
  const values = writeKernels(kernels, from, count, bgr ? [2, 1, 0] : []);
  return { info: bank.info, from, count, values, max: largestWeight(kernels), colour: bank.info.colour };
};
