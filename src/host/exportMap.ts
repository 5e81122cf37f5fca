import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { writeNpy } from '../formats/npy.ts';
import { ModelError } from '../shared/errors.ts';
import type { EngineCalls, MapRequest, PageCalls, Provenance } from '../shared/protocol.ts';
import type { EngineClient } from './engineClient.ts';
import { formatBytes } from './modelCandidates.ts';
import { fileName, jsonText } from './savedNames.ts';
import { saveWithProvenance } from './saveFile.ts';

type Export = PageCalls['export']['params'];

const kinds = { png: 'Picture', npy: 'NumPy array', json: 'JSON' } as const;

/** Asks where, writes, and returns the path; undefined: cancelled. Pictures and arrays get a `.json` with their provenance beside. */
export async function exportMap(what: Export, image: string, tool: string): Promise<string | undefined> {
  const { format, map } = what;
  const provenance = { ...what.provenance, tool };
  const proposed = join(dirname(image), exportName(map, image, format));
  return await saveWithProvenance({ title: 'Export Map', proposed, kind: kinds[format] }, content(what, provenance), provenance);
}

/** Asks where, has the engine write the explanation as an ONNX model, and returns the path; undefined: cancelled. */
export async function exportOnnx(
  engine: EngineClient,
  what: Omit<EngineCalls['exportOnnx']['params'], 'file'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { image, request } = what;
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(join(dirname(image), exportName(request, image, 'onnx'))),
    filters: { 'ONNX model': ['onnx'] },
    title: 'Export Explanation as an ONNX Model',
  });
  if (!target) return undefined;
  const { bytes } = await engine.call('exportOnnx', { ...what, file: target.fsPath }, { signal });
  vscode.window.setStatusBarMessage(`$(check) ${basename(target.fsPath)}: ${formatBytes(bytes)}`, 10_000);
  return target.fsPath;
}

/** A picture of several maps, with a `.json` beside that tells where each comes from. Returns the path; undefined: cancelled. */
export async function exportPicture(what: PageCalls['exportPicture']['params'], image: string, tool: string): Promise<string | undefined> {
  const name = exportName({ method: fileName(what.name) }, image, 'png');
  const question = { title: 'Export Comparison', proposed: join(dirname(image), name), kind: kinds.png };
  return await saveWithProvenance(question, what.png, { ...what.provenance, tool });
}

/** `cat.grad-cam.block_3_conv.png` */
export function exportName({ method, layer }: Pick<MapRequest, 'method' | 'layer'>, image: string, format: string): string {
  const stem = basename(image, extname(image));
  const place = layer === undefined ? '' : `.${fileName(layer)}`;
  return `${stem}.${method}${place}.${format}`;
}

function content({ format, map, png }: Export, provenance: Provenance): Uint8Array | string {
  if (format === 'npy') return writeNpy(map.values, [map.height, map.width]);
  if (format === 'png') {
    if (!png) throw new ModelError('internal', 'The page sent no picture to export.');
    return png;
  }
  const { height, width, min, max, unit, relu, signed } = map;
  const finite = Array.from(map.values, (value) => (Number.isFinite(value) ? value : null));
  const rows = Array.from({ length: height }, (_, y) => finite.slice(y * width, (y + 1) * width));
  return jsonText({ ...provenance, map: { height, width, min, max, unit, relu, signed, values: rows } });
}
