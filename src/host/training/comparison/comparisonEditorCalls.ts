import { join } from 'node:path';
import type { Handlers } from '../../../shared/rpc.ts';
import type { ComparisonPageCalls } from '../../../shared/trainingProtocol.ts';
import { explainImages } from '../../explainCommand.ts';
import type { Host } from '../../host.ts';
import { fileName } from '../../savedNames.ts';
import { bytesOf, folderFor, saveWithProvenance } from '../../saveFile.ts';
import type { Training } from '../training.ts';
import { gone } from './comparedClasses.ts';
import { type ComparedNow, expectKnown } from './comparisonCalls.ts';

interface Caller {
  host: Host;
  training: Training;
  /** Throws 'cancelled' for a generation that is no longer shown. */
  now(generation: number): ComparedNow;
}

/** Calls of a page about two checkpoints that the editor answers. */
export function comparisonEditorCalls({
  host,
  training,
  now,
}: Caller): Pick<Handlers<ComparisonPageCalls>, 'openImage' | 'retry' | 'savePicture' | 'showLog'> {
  return {
    openImage: async ({ generation, checkpoint, image }) => {
      const of = now(generation);
      const path = expectKnown(of, image);
      const side = [of.from, of.to].find((each) => each.checkpoint.id === checkpoint)?.checkpoint;
      if (!side || side.gone) throw gone(side ?? { name: 'this checkpoint' });
      await host.models.use(side.path);
      await explainImages(host, [path]);
    },
    retry: async ({ checkpoint }) => training.desk?.retry(checkpoint),
    savePicture: async ({ generation, png, name, provenance }) => {
      const { from, to } = now(generation);
      const beside = [to, from].map(({ checkpoint }) => checkpoint.path).find((path) => path !== '') ?? '';
      const question = { title: 'Save Picture', kind: 'Picture', proposed: join(folderFor(beside), `${fileName(name)}.png`) };
      const tool = `Glassbox ${host.context.extension.packageJSON.version}`;
      return { savedAs: await saveWithProvenance(question, bytesOf(png), { ...provenance, tool }) };
    },
    showLog: async () => host.log.show(),
  };
}
