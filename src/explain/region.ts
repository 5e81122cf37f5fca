import { check } from '../graph/check.ts';
import type { Dim } from '../graph/opset.ts';
import type { Model } from '../importers/model.ts';
import { meanOverCells } from '../importers/output.ts';
import { infer, newBuilder } from '../ops/index.ts';
import { ModelError } from '../shared/errors.ts';
import type { Rect } from '../shared/protocol.ts';
import { regionKey } from './target.ts';

/**
 * The region asked for, which must be whole cells within the model's dense output; undefined where it is all of it.
 * @throws ModelError('method')
 */
export function checkRegion({ dense, file }: Pick<Model, 'dense' | 'file'>, region: Rect | undefined, name = file): Rect | undefined {
  if (!region) return undefined;
  const { x, y, width, height } = region;
  if (!dense) {
    throw new ModelError('method', `${name} answers for the whole image: its output has no cells to choose a region of.`, {
      file,
      hint: 'Leave the region out; it is for models with scores per class and cell, such as segmentation.',
    });
  }
  const whole = [x, y, width, height].every(Number.isInteger);
  if (!whole || x < 0 || y < 0 || width < 1 || height < 1 || x + width > dense.width || y + height > dense.height) {
    throw new ModelError('method', `The region of ${width} × ${height} cells at (${x}, ${y}) is not within the output of ${name}.`, {
      file,
      hint: `The output has ${dense.width} × ${dense.height} cells: choose whole ones, from (0, 0) to (${dense.width - 1}, ${dense.height - 1}).`,
    });
  }
  return width === dense.width && height === dense.height ? undefined : { x, y, width, height };
}

/**
 * The model whose logits are the means over a region of the dense output instead of all of it: the scalar of Seg-Grad-CAM.
 * @see Vinogradova et al., Towards Interpretable Semantic Segmentation via Gradient-weighted Class Activation Mapping, AAAI
 *   2020, eq. 1, with the mean in place of the sum
 * @throws ModelError('method') where `checkRegion` does
 */
export function regionModel(model: Model, region: Rect): Model {
  const inside = checkRegion(model, region);
  if (!inside || !model.dense) return model;
  const { x, y, width, height } = inside;
  const b = newBuilder(model.graph);
  const [images] = b.shape(model.logits) as [Dim];
  const cut = { starts: [y, x], ends: [y + height, x + width], axes: [2, 3], steps: [1, 1] };
  const cells = b.op('Slice', [model.dense.value], cut, b.unique(`${model.dense.value}:region`));
  const logits = meanOverCells(b, cells, [images, model.classes]);
  return { ...model, hash: `${model.hash}@${regionKey(inside)}`, graph: check(b.build([logits]), infer), logits };
}
