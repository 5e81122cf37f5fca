import { distinct } from '../../src/engine/graphMaps.ts';
import { inputLayer } from '../../src/explain/layers.ts';
import type { GraphMethod } from '../../src/explain/method.ts';
import { methods } from '../../src/explain/methods/index.ts';
import type { MapSpec } from '../../src/explain/plan.ts';
import type { Layer } from '../../src/importers/model.ts';

/** Every variant of every graph method (or of those named) at every spatial layer, or on the input; same numbers once. */
export function everyMap({ spatial }: { spatial: readonly Layer[] }, ids?: readonly string[]): MapSpec[] {
  const graphMethods = methods.filter((m): m is GraphMethod => m.family === 'graph' && (ids?.includes(m.info.id) ?? true));
  return distinct(
    graphMethods.flatMap((method) => {
      const layers = method.info.at === 'layer' ? spatial.map((layer) => layer.name) : [inputLayer];
      return layers.flatMap((layer) => method.info.variants.map(({ id }) => ({ method, variant: id, layer })));
    }),
  );
}
