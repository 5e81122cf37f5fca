import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import type { Handlers } from '../../shared/rpc.ts';
import type { SpacePageCalls } from '../../shared/spaceProtocol.ts';
import { columnForFile } from '../columns.ts';
import { chooseDataset } from '../datasets/chooseDataset.ts';
import { chooseLabels } from '../datasets/chooseLabels.ts';
import type { ImageSet } from '../datasets/imageSet.ts';
import type { KnownImages } from '../datasets/knownImages.ts';
import { explainImages, notTooMany } from '../explainCommand.ts';
import { type ImageQuestion, pickImage } from '../pickImage.ts';
import { fileName } from '../savedNames.ts';
import { bytesOf, folderFor, saveWithProvenance } from '../saveFile.ts';
import { workspacePath } from '../subject.ts';
import { moveImages } from './moveImages.ts';
import type { SpacePanel } from './spacePanel.ts';
import type { SpaceHost } from './spacePanels.ts';

type EditorCall =
  | 'chooseDataset'
  | 'chooseLabels'
  | 'chooseImage'
  | 'chooseModel'
  | 'openImage'
  | 'explainImages'
  | 'revealImage'
  | 'copyPaths'
  | 'moveImages'
  | 'revealLayer'
  | 'savePicture'
  | 'showLog';

interface Caller {
  panel: SpacePanel;
  known: KnownImages;
  /** The data set on show. Throws 'cancelled' for a generation that is no longer shown. */
  shown(generation: number): Promise<ImageSet | undefined>;
}

export const similarQuestion: ImageQuestion = {
  title: 'Glassbox: Find Similar Images',
  placeHolder: 'Picture to find similar ones of',
  openLabel: 'Find Similar',
};

/** Calls of a page that the editor answers. */
export function spaceEditorCalls(host: SpaceHost, { panel, known, shown }: Caller): Pick<Handlers<SpacePageCalls>, EditorCall> {
  /** Pictures that the page names, of what is shown now. */
  const imagesOf = async ({ generation, images }: { generation: number; images: readonly string[] }) => {
    await shown(generation);
    return images.map((image) => known.expect(image));
  };
  const uriOf = async ({ generation, image }: { generation: number; image: string }) => {
    await shown(generation);
    return vscode.Uri.file(known.expect(image));
  };
  return {
    chooseDataset: async ({ generation }) => {
      await shown(generation);
      const folder = await chooseDataset();
      if (folder !== undefined) await host.dataset.use(folder);
    },
    chooseLabels: async ({ generation }) => {
      const dataset = await shown(generation);
      const chosen = dataset && (await chooseLabels(dataset.roots, dataset.labelFile));
      if (dataset && chosen) await host.dataset.useLabels(dataset, chosen.file);
    },
    chooseImage: async ({ generation }) => {
      await shown(generation);
      const path = (await pickImage(similarQuestion))?.fsPath;
      if (path === undefined) return undefined;
      await panel.take(path);
      return { path, name: basename(path) };
    },
    chooseModel: async ({ candidate }) => {
      const found = (await host.models.candidates()).find(({ path }) => workspacePath(path) === candidate);
      await host.spaces.chooseModel(panel, found?.path);
    },
    openImage: async (asked) => {
      await vscode.commands.executeCommand('vscode.open', await uriOf(asked), { viewColumn: columnForFile(), preview: true });
    },
    explainImages: async (asked) => {
      const images = await notTooMany(await imagesOf(asked));
      if (images.length === 0) return;
      const { model } = panel.subject;
      if ((await host.models.current()) !== model) await host.models.use(model);
      await explainImages(host, images);
    },
    revealImage: async (asked) => {
      await vscode.commands.executeCommand('revealInExplorer', await uriOf(asked));
    },
    copyPaths: async (asked) => {
      await vscode.env.clipboard.writeText((await imagesOf(asked)).map(workspacePath).join('\n'));
    },
    moveImages: async (asked) => {
      const images = await imagesOf(asked);
      const dataset = await shown(asked.generation);
      return await moveImages(images, dataset?.roots[0], { moved: (paths) => host.dataset.renew(paths), log: host.log });
    },
    revealLayer: async ({ generation, layer }) => {
      await shown(generation);
      await vscode.commands.executeCommand('glassbox.revealLayer', { model: panel.subject.model, layer });
    },
    savePicture: async ({ generation, png, name, provenance }) => {
      await shown(generation);
      const question = { title: 'Save Picture', kind: 'Picture', proposed: join(folderFor(panel.subject.model), `${fileName(name)}.png`) };
      const tool = `Glassbox ${host.context.extension.packageJSON.version}`;
      return { savedAs: await saveWithProvenance(question, bytesOf(png), { ...provenance, tool }) };
    },
    showLog: async () => host.log.show(),
  };
}
