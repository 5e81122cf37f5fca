import { distinct } from '../../src/engine/graphMaps.ts';
import { inputLayer, spatialLayers } from '../../src/explain/layers.ts';
import type { GraphMethod } from '../../src/explain/method.ts';
import { methods } from '../../src/explain/methods/index.ts';
import type { MapSpec } from '../../src/explain/plan.ts';
import type { Model } from '../../src/importers/model.ts';

/**
 * Every variant of every graph method that does not refuse the model (or of those named) at every layer where it can be
 * drawn; same numbers once.
 */
export function everyMap(model: Model, ids?: readonly string[]): MapSpec[] {
  const graphMethods = methods.filter((m): m is GraphMethod => m.family === 'graph' && (ids?.includes(m.info.id) ?? true));
  const able = graphMethods.filter((method) => !method.refuses?.(model));
  return distinct(
    able.flatMap((method) =>
      layersOf(method, model).flatMap((layer) => method.info.variants.map(({ id }) => ({ method, variant: id, layer }))),
    ),
  );
}

function layersOf({ info, onlyLayer }: GraphMethod, model: Model): string[] {
  if (info.at === 'input') return [inputLayer];
  return onlyLayer ? [onlyLayer(model)] : spatialLayers(model).map((layer) => layer.name);
}
