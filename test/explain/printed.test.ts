/** The explanation graph as text: a change of the plan shows in the diff, a refactoring leaves it as it is. */
import { test } from 'node:test';

import { planMaps } from '../../src/explain/plan.ts';
import { print } from '../../src/graph/print.ts';
import { openModel } from '../../src/importers/index.ts';
import { everyMap } from '../support/everyMap.ts';
import { matchesGolden } from '../support/goldenText.ts';
import { classifier, int, ints, node, sourceOf, weight } from '../support/onnxModels.ts';

test('saliency and Grad-CAM at every layer of a small network', async () => {
  const model = await openModel(
    sourceOf(
      classifier({
        nodes: [
          node('Conv', 'x w1 b1', 'conv1', ints('pads', [1, 1, 1, 1])),
          node('BatchNormalization', 'conv1 g b1 m v', 'bn1'),
          node('Relu', 'bn1', 'relu1'),
          node('MaxPool', 'relu1', 'pool1', ints('kernel_shape', [2, 2]), ints('strides', [2, 2])),
          node('Conv', 'pool1 w3', 'conv2', ints('strides', [2, 2])),
          node('Relu', 'conv2', 'relu2'),
          node('GlobalAveragePool', 'relu2', 'pool2'),
          node('Flatten', 'pool2', 'flat'),
          node('Gemm', 'flat w2 b2', 'logits', int('transB', 1)),
        ],
        initializers: [
          weight('w1', [4, 3, 3, 3]),
          weight('b1', [4]),
          weight('g', [4]),
          weight('m', [4]),
          weight('v', [4], [1, 2, 3, 4]),
          weight('w3', [4, 4, 1, 1]),
          weight('w2', [5, 4]),
          weight('b2', [5]),
        ],
      }),
    ),
  );
  matchesGolden('plan.txt', print(planMaps(model, everyMap(model, ['grad-cam', 'saliency'])).graph));
});
