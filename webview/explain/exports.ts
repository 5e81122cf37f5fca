import { isAbort, ModelError, toErrorRecord } from '../../src/shared/errors.ts';
import type { ExplanationMap, MethodInfo, PageCalls, Provenance } from '../../src/shared/protocol.ts';
import type { Client } from '../../src/shared/rpc.ts';
import { paintPicture } from '../draw/picture.ts';
import { lookOf } from './look.ts';
import { currentMethod, requestFor, shown } from './selectors.ts';
import type { PageState } from './state.ts';

export type ExportFormat = 'png' | 'npy' | 'json' | 'onnx';

/** Saves what is on screen and says where it went; undefined: the person cancelled, or there is nothing to save. */
export async function exportShown(state: PageState, client: Client<PageCalls>, format: ExportFormat): Promise<string | undefined> {
  try {
    const savedAs = format === 'onnx' ? await saveModel(state, client) : await saveMap(state, client, format);
    return savedAs === undefined ? undefined : `Saved as ${savedAs}.`;
  } catch (error) {
    return isAbort(error) ? undefined : `Not saved: ${toErrorRecord(error).message}`;
  }
}

async function saveMap(state: PageState, client: Client<PageCalls>, format: Exclude<ExportFormat, 'onnx'>): Promise<string | undefined> {
  const { map, stale } = shown(state);
  const provenance = map && provenanceOf(state, map);
  if (!map || stale || !provenance) return undefined;
  const covers = state.prediction?.fed.covers;
  const png = format === 'png' ? await paintPicture(state.picture?.element, map, lookOf(state, map), covers) : undefined;
  return (await client.call('export', { format, map, provenance, ...(png && { png }) })).savedAs;
}

async function saveModel(state: PageState, client: Client<PageCalls>): Promise<string | undefined> {
  const method = currentMethod(state);
  const request = method && requestFor(state, method);
  if (!request || !state.subject) return undefined;
  const reason = noModelOf(method);
  if (reason !== undefined) throw new ModelError('method', reason);
  return (await client.call('exportOnnx', { generation: state.subject.generation, request })).savedAs;
}

/** Why a method's map is no model of its own; undefined: it is. */
export function noModelOf({ label, exportable, slow }: MethodInfo): string | undefined {
  if (exportable) return undefined;
  return slow ? `${label} asks the network many times: its map is no single graph.` : `${label} cannot be written as one graph.`;
}

/** Where a map comes from, written beside every export. */
function provenanceOf({ prediction }: PageState, map: ExplanationMap): Provenance | undefined {
  if (!prediction) return undefined;
  const { model, image } = prediction;
  return {
    tool: 'Glassbox',
    model: model.path,
    modelHash: model.hash,
    image: image.path,
    imageHash: image.hash,
    method: map.method,
    variant: map.variant,
    layer: map.layer,
    class: map.class,
    target: map.target,
    params: map.params,
    engine: map.engine,
    preprocessing: model.preprocessing,
  };
}
