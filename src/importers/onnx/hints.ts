import type { Graph } from '../../graph/graph.ts';
import type { Layer, ModelHints } from '../model.ts';
import { rescalingLayers } from '../rescaling.ts';
import { normalizationOf } from './normalization.ts';

/** Keys under which exporters store class names in `metadata_props`. */
const labelKeys = ['names', 'labels', 'classes', 'class_names', 'categories', 'id2label'];

export function hintsOf(metadata: Readonly<Record<string, string>>, graph: Graph, layers: readonly Layer[]): ModelHints {
  const labels = labelKeys.flatMap((key) => (Object.hasOwn(metadata, key) ? [parseLabels(metadata[key] ?? '')] : [])).find((l) => l);
  const rescaling = rescalingLayers(graph, layers);
  const normalization = normalizationOf(metadata);
  return { ...(labels && { labels }), ...(rescaling.length > 0 && { rescaling }), ...(normalization && { normalization }) };
}

/** Class names from JSON or from a Python literal (ultralytics: `{0: 'person', 1: "dog's"}`), as list or index → name. */
export function parseLabels(text: string): string[] | undefined {
  const parsed = parseJson(text) ?? parsePython(text);
  if (Array.isArray(parsed)) return parsed.every((v) => typeof v === 'string') && parsed.length > 0 ? parsed : undefined;
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const entries = Object.entries(parsed as Record<string, unknown>);
  const names = new Array<string>(entries.length);
  for (const [key, value] of entries) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index >= entries.length || typeof value !== 'string') return undefined;
    names[index] = value;
  }
  return entries.length > 0 ? names : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A list or dict literal of strings. Undefined for anything else: nothing is evaluated. */
function parsePython(text: string): unknown {
  const string = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g;
  const bare = text.replace(string, '').replace(/\s/g, '');
  const strings = (text.match(string) ?? []).map((s) => s.slice(1, -1).replace(/\\(.)/g, '$1'));
  if (/^[[(],*[\])]$/.test(bare)) return strings;
  if (!/^\{(\d+:,?)*\}$/.test(bare)) return undefined;
  const keys = text.replace(string, '').match(/\d+/g) ?? [];
  if (keys.length !== strings.length || new Set(keys).size !== keys.length) return undefined;
  return Object.fromEntries(keys.map((key, i) => [key, strings[i]]));
}
