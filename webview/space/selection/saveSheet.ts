import { isAbort, ModelError, toErrorRecord } from '../../../src/shared/errors.ts';
import type { Client } from '../../../src/shared/rpc.ts';
import type { SpacePageCalls } from '../../../src/shared/spaceProtocol.ts';
import type { UnitsProvenance } from '../../../src/shared/unitsProtocol.ts';
import type { SpaceState } from '../state.ts';
import { paintSheet } from './paintSheet.ts';
import { sheetMethod, sheetTarget } from './sheetModel.ts';
import type { Sheet, SheetImage } from './sheetState.ts';

/** Saves the sheet as a picture; tells where it went, undefined: nowhere. */
export async function saveSheet(state: SpaceState, client: Client<SpacePageCalls>): Promise<string | undefined> {
  const { subject, selection } = state;
  const { sheet } = selection;
  if (!subject || !sheet) return undefined;
  try {
    const png = await pngOf(paintSheet(state, sheet));
    const provenance = provenanceOf(state, sheet);
    const { savedAs } = await client.call('savePicture', { generation: subject.generation, png, name: fileName(state, sheet), provenance });
    return savedAs === undefined ? undefined : `Saved as ${savedAs}.`;
  } catch (error) {
    return isAbort(error) ? undefined : `Not saved: ${toErrorRecord(error).message}`;
  }
}

async function pngOf(canvas: HTMLCanvasElement): Promise<Uint8Array> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new ModelError('internal', 'The browser made no PNG of the sheet.', { hint: 'Choose fewer pictures.' });
  return new Uint8Array(await blob.arrayBuffer());
}

/** Where each map comes from: with the same model, image and request it can be made again. */
function provenanceOf(state: SpaceState, sheet: Sheet): UnitsProvenance {
  const { space, subject, choices } = state;
  const { model } = space ?? {};
  return {
    tool: 'Glassbox',
    picture: 'contact sheet',
    title: sheet.title,
    model: model?.path,
    modelHash: model?.hash,
    preprocessing: model?.preprocessing,
    dataset: subject?.dataset?.label,
    method: sheetMethod(state)?.id,
    target: sheetTarget(state),
    colorScale: choices.selection.sheet.scale,
    opacity: choices.selection.sheet.opacity,
    leftOut: sheet.leftOut,
    images: sheet.images.map((image) => described(sheet, image)),
  };
}

function described({ tiles }: Sheet, { path, label, predicted, confidence }: SheetImage): Readonly<Record<string, unknown>> {
  const facts = { image: path, label, predicted, confidence: Number.isNaN(confidence) ? undefined : confidence };
  const tile = tiles.get(path);
  if (!tile) return { ...facts, error: 'not computed' };
  if ('error' in tile) return { ...facts, error: tile.error.message };
  const { variant, layer, target, params, unit, min, max, engine, flat } = tile.map;
  return { ...facts, variant, layer, explained: target, params, unit, min, max, engine, flat };
}

/** `square-seen-as-star.grad-cam`: only what every file system takes. */
function fileName(state: SpaceState, { title }: Sheet): string {
  const plain = title.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-').replaceAll(/^-+|-+$/g, '');
  return [plain === '' ? 'contact-sheet' : plain.slice(0, 80), sheetMethod(state)?.id].filter(Boolean).join('.');
}
