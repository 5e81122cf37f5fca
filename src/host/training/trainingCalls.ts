import * as vscode from 'vscode';
import { ModelError } from '../../shared/errors.ts';
import type { Handlers } from '../../shared/rpc.ts';
import type { Checkpoint, TrainingPageCalls } from '../../shared/trainingProtocol.ts';
import { explainImages } from '../explainCommand.ts';
import type { Host } from '../host.ts';
import type { Training } from './training.ts';

/** What a page asks for that others do. */
export interface TrainingActions {
  /** Undefined: the person is asked. */
  chooseRun(id: string | undefined): Promise<void>;
  addProbes(): Promise<void>;
  compare(from: string, to: string, image: string | undefined): Promise<void>;
  /** The page's slider stands at a checkpoint. */
  looking(checkpoint: string): void;
}

interface Serving {
  host: Host;
  training: Training;
  actions: TrainingActions;
}

/** Maps that a person looks at come before what goes on by itself. */
const shownPriority = 1;

/** The calls of the page in the side bar. */
export function trainingCalls({ host, training, actions }: Serving): Handlers<TrainingPageCalls> {
  const { engine } = host;
  const run = (command: string, ...args: unknown[]) => vscode.commands.executeCommand(command, ...args);
  const known = (image: unknown) => expectKnown(training, image);
  const there = (id: string) => expectThere(training, id);
  return {
    ready: async () => {
      await training.ready();
      return training.snapshot;
    },
    methods: () => engine.call('methods', {}),
    follow: () => training.follow(),
    chooseRun: ({ id }) => actions.chooseRun(id),
    watchFile: async () => void (await run('glassbox.watchFile')),
    choose: ({ choice }) => training.choose(choice),
    followSet: ({ on }) => training.followSet(on),
    setPaused: async ({ paused }) => training.setPaused(paused),
    addProbes: () => actions.addProbes(),
    removeProbe: ({ image }) => training.removeProbe(known(image)),
    pinProbe: ({ image }) => training.pinProbes([known(image)]),
    pictures: async ({ images }, { signal }) => {
      const model = training.desk?.newest?.path;
      const one = async (image: string) =>
        model === undefined ? undefined : await engine.call('picture', { model, image: known(image), priority: shownPriority }, { signal });
      return await Promise.all(images.map((image) => one(image).catch(() => undefined)));
    },
    drift: async ({ from, to }, { signal }) => {
      const [before, after] = [from, to].map((id) => training.state.checkpoints.find((each) => each.id === id)?.version);
      if (before === undefined || after === undefined) throw new ModelError('stale', 'One of the two checkpoints is not read yet.');
      return await engine.call('drift', { store: training.store, from: before, to: after }, { signal });
    },
    explain: async ({ checkpoint, image, class: index }, { signal }) => {
      const of = { model: there(checkpoint).path, image: known(image), priority: shownPriority };
      const request = { ...training.choice.request, ...(index !== undefined && { class: index }) };
      const [map, picture] = await Promise.all([
        engine.call('explain', { ...of, request }, { signal }),
        engine.call('picture', of, { signal }),
      ]);
      return { map, picture };
    },
    openProbe: async ({ checkpoint, image }) => {
      await host.models.use(there(checkpoint).path);
      await explainImages(host, [known(image)]);
    },
    compare: ({ from, to, image }) => actions.compare(from, to, image),
    looking: async ({ checkpoint }) => actions.looking(checkpoint),
    retry: async ({ checkpoint }) => training.desk?.retry(checkpoint),
    openLog: async ({ file }) => {
      const log = training.snapshot.logs.find((each) => each.file === file);
      // Event files are no text.
      if (log) await run(log.kind === 'tensorboard' ? 'revealInExplorer' : 'vscode.open', vscode.Uri.file(file));
    },
    showSettings: async () => void (await run('workbench.action.openSettings', 'glassbox.training')),
    showLog: async () => host.log.show(),
  };
}

/** A page may name probes and images of the data set that is evaluated. Throws for others. */
function expectKnown(training: Training, image: unknown): string {
  if (typeof image === 'string' && training.knows(image)) return image;
  throw new ModelError('input', `The picture '${image}' is none of this run.`, { hint: 'Choose the picture again.' });
}

/** Throws where a checkpoint's files are gone, or it is not known. */
function expectThere({ state }: Training, id: string): Checkpoint {
  const checkpoint = state.checkpoints.find((each) => each.id === id);
  if (checkpoint && !checkpoint.gone) return checkpoint;
  const name = checkpoint?.name ?? 'this checkpoint';
  throw new ModelError('file-missing', `The files of ${name} are gone: only what was read of them is left.`);
}
