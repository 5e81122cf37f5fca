import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Handlers } from '../../shared/rpc.ts';
import type { UnitCalls, UnitsPageCalls } from '../../shared/unitsProtocol.ts';
import { columnForFile } from '../columns.ts';
import { chooseDataset } from '../datasets/chooseDataset.ts';
import type { KnownImages } from '../datasets/knownImages.ts';
import { pickImage } from '../pickImage.ts';
import { fileName } from '../savedNames.ts';
import { bytesOf, folderFor, saveFrames, saveWithProvenance } from '../saveFile.ts';
import { workspacePath } from '../subject.ts';
import { chooseLayers } from './chooseLayers.ts';
import type { UnitsSide } from './unitEngineCalls.ts';
import type { UnitsPanel } from './unitsPanel.ts';
import type { UnitsHost } from './unitsPanels.ts';

type EditorCalls = Omit<Handlers<UnitsPageCalls>, 'ready' | keyof UnitCalls>;

interface Caller {
  panel: UnitsPanel;
  known: KnownImages;
  /** Throws 'cancelled' for a generation that is no longer shown. */
  side(generation: number): Promise<UnitsSide>;
}

const imageQuestion = { title: 'Glassbox: Show Activations', placeHolder: 'Picture to show the activations of', openLabel: 'Show' };

/** Calls of a page that the editor answers. */
export function unitEditorCalls(host: UnitsHost, { panel, known, side }: Caller): EditorCalls {
  /** A picture that the page names, of what is shown now. */
  const imageOf = async ({ generation, image }: { generation: number; image: string }) => {
    await side(generation);
    return known.expect(image);
  };
  const tool = () => `Glassbox ${host.context.extension.packageJSON.version}`;
  return {
    chooseImage: async ({ generation }) => {
      await side(generation);
      const { image } = panel.subject;
      const uri = await pickImage({ ...imageQuestion, ...(image !== undefined && { beside: image }) });
      if (uri) panel.show({ ...panel.subject, image: uri.fsPath });
    },
    chooseDataset: async ({ generation }) => {
      await side(generation);
      const folder = await chooseDataset();
      if (folder !== undefined) await host.dataset.use(folder);
    },
    chooseLayers: async ({ generation, chosen }) => {
      const { model } = await side(generation);
      return await chooseLayers(host.engine, model, chosen);
    },
    chooseModel: async ({ candidate }) => {
      const found = (await host.models.candidates()).find(({ path }) => workspacePath(path) === candidate);
      await host.units.chooseModel(panel, found?.path);
    },
    useImage: async (asked) => {
      const image = await imageOf(asked);
      panel.show({ ...panel.subject, image });
    },
    openImage: async (asked) => {
      const uri = vscode.Uri.file(await imageOf(asked));
      await vscode.commands.executeCommand('vscode.open', uri, { viewColumn: columnForFile(), preview: true });
    },
    explainImage: async (asked) => {
      const image = await imageOf(asked);
      const { model } = await side(asked.generation);
      if ((await host.models.current()) !== model) await host.models.use(model);
      const layer = await mapLayer(host, model, asked.layer);
      await host.panels.explain(image, layer === undefined ? {} : { turn: { layer } });
      host.status.show(model);
    },
    revealLayer: async ({ generation, layer }) => {
      const { model } = await side(generation);
      await vscode.commands.executeCommand('glassbox.revealLayer', { model, layer });
    },
    layerShown: async ({ generation, layer }) => {
      const { model } = await side(generation);
      await host.tree.follow({ model, layer });
    },
    savePicture: async ({ generation, png, name, provenance }) => {
      await side(generation);
      const question = { title: 'Save Picture', kind: 'Picture', proposed: join(folderFor(panel.subject.model), `${fileName(name)}.png`) };
      return { savedAs: await saveWithProvenance(question, bytesOf(png), { ...provenance, tool: tool() }) };
    },
    saveFrames: async ({ generation, frames, name, provenance }) => {
      await side(generation);
      const question = { title: 'Save Frames', beside: folderFor(panel.subject.model), name };
      return { savedAs: await saveFrames(question, frames.map(bytesOf), { ...provenance, tool: tool() }) };
    },
    showLog: async () => host.log.show(),
  };
}

/** The layer, if a map can be drawn there. */
async function mapLayer({ engine }: UnitsHost, model: string, name: string | undefined): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const { layers } = await engine.call('open', { model });
  return layers.find((layer) => layer.name === name)?.spatial ? name : undefined;
}
