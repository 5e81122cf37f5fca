import type { LayerInfo, MethodInfo } from '../../../src/shared/protocol.ts';
import { duration } from '../../draw/format.ts';
import type { PageState } from '../state.ts';

/** Parameters that say how often a method asks the network. */
const counts: ReadonlySet<string> = new Set(['samples', 'masks', 'steps']);

/** How long one map of a slow method may take, a phrase: as the last one took, else from the number of forward passes. */
export function costOf(state: PageState, method: MethodInfo, layer: string | undefined): string {
  const took = lastTime(state, method);
  if (took !== undefined) return `about ${duration(took)} a map, as last time`;
  const passes = passesOf(state, method, layer);
  const ms = state.prediction?.ms;
  if (passes === undefined || ms === undefined) return 'many forward passes, perhaps minutes';
  return `${passes} forward passes, perhaps ${duration(passes * ms)} a map`;
}

function lastTime({ compare, jobs }: PageState, { id }: MethodInfo): number | undefined {
  const maps = [...jobs.values()].flatMap(({ state, map }) => (state === 'done' && map ? [map] : []));
  for (const outcome of compare.outcomes.values()) if ('map' in outcome) maps.push(outcome.map);
  return maps.findLast((map) => map.method === id)?.ms;
}

/** One for each channel of the layer; at the input as many as a parameter says, where one does. */
function passesOf(state: PageState, method: MethodInfo, layer: string | undefined): number | undefined {
  const layers: readonly LayerInfo[] = state.prediction?.model.layers ?? [];
  if (method.at === 'layer') return layers.find(({ name }) => name === layer)?.shape[0];
  const count = method.params.find(({ id }) => counts.has(id));
  const value = count && (state.choices.params?.[method.id]?.[count.id] ?? count.default);
  return typeof value === 'number' && value > 1 ? value : undefined;
}
