import { distinct } from '../engine/graphMaps.ts';
import type { OpenModel } from '../engine/models.ts';
import { resolveRequest } from '../engine/resolve.ts';
import { findMethod } from '../explain/methods/index.ts';
import type { MapSpec } from '../explain/plan.ts';
import { ModelError } from '../shared/errors.ts';
import type { MapRequest } from '../shared/protocol.ts';
import type { ExplainArgs } from './usage.ts';
import type { ChosenMethod } from './values.ts';

/** What is computed for each image, and why a method of `all` is not. */
export interface Requests {
  requests: readonly MapRequest[];
  leftOut: readonly ModelError[];
}

type Asked = Pick<ExplainArgs, 'methods' | 'layers' | 'params' | 'against'>;

/**
 * One request per method and layer, each resolved, so that what does not exist is said before anything runs.
 * @throws ModelError('method') where a method asked for by name cannot explain the model
 */
export function requestsOf(args: Asked, open: OpenModel): Requests {
  const requests: MapRequest[] = [];
  const leftOut: ModelError[] = [];
  for (const method of args.methods) {
    try {
      requests.push(...requestsFor(method, args, open));
    } catch (error) {
      if (method.asked || !(error instanceof ModelError && error.code === 'method')) throw error;
      leftOut.push(error);
    }
  }
  const key = (r: MapRequest) => `${r.method}:${r.variant}@${r.layer}`;
  return { requests: [...new Map(requests.map((request) => [key(request), request])).values()], leftOut };
}

function requestsFor({ id, asked }: ChosenMethod, { layers, params, against }: Asked, open: OpenModel): MapRequest[] {
  const { method, variant } = findMethod(id);
  const { info } = method;
  if (!asked && against !== undefined && info.targets !== 'any') {
    throw new ModelError('method', `${info.label} has no difference of two classes (--against).`);
  }
  const known = new Set(info.params.map((p) => p.id));
  const own = Object.fromEntries(Object.entries(params).filter(([name]) => known.has(name)));
  const request: MapRequest = { method: info.id, variant, params: own };
  const places = layers === 'all' ? open.spatial.map((l) => l.name) : layers;
  const requests = info.at === 'input' || places === undefined ? [request] : places.map((layer) => ({ ...request, layer }));
  return requests.map((each) => ({ ...each, layer: resolveRequest(open, each).layer }));
}

/** Maps of graph methods among the requests; variants that are the same numbers once. */
export function specsOf(open: OpenModel, requests: readonly MapRequest[]): MapSpec[] {
  const resolved = requests.map((request) => resolveRequest(open, request));
  return distinct(resolved.flatMap(({ method, ...rest }) => (method.family === 'graph' ? [{ ...rest, method }] : [])));
}
