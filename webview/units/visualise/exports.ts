import { isAbort, toErrorRecord } from '../../../src/shared/errors.ts';
import type { Client } from '../../../src/shared/rpc.ts';
import type { UnitsPageCalls, UnitsProvenance } from '../../../src/shared/unitsProtocol.ts';
import { pngOf } from '../../draw/png.ts';
import type { UnitsState } from '../state.ts';
import { shotCount, shotOf, shownClimb } from './selectors.ts';
import type { Climb } from './state.ts';

type PageClient = Client<UnitsPageCalls>;

/** Saves the picture on the stage at its own size, transparent where it is drawn so; tells where it went, undefined: nowhere. */
export function savePicture(state: UnitsState, client: PageClient): Promise<string | undefined> {
  return saying(async () => {
    const climb = shownClimb(state);
    const shot = climb && shotOf(climb, state.visualise.frame);
    if (!state.subject || !shot) return undefined;
    const alpha = state.choices.visualise.backdrop === 'opaque' ? undefined : shot.alpha;
    const provenance = { ...provenanceOf(state, climb), step: shot.step, value: shot.value, transparency: alpha !== undefined };
    const png = await pngOf(shot.pixels, { alpha });
    return client.call('savePicture', { generation: state.subject.generation, png, name: fileName(climb), provenance });
  });
}

/** Saves every picture that is kept of the climb on the stage, all at the size of the last. */
export function saveFrames(state: UnitsState, client: PageClient): Promise<string | undefined> {
  return saying(async () => {
    const climb = shownClimb(state);
    const size = climb && shotOf(climb, undefined)?.pixels;
    if (!state.subject || !climb || !size) return undefined;
    const shots = Array.from({ length: shotCount(climb) }, (_, at) => shotOf(climb, at)).filter((shot) => shot !== undefined);
    // At once: the browser makes a PNG when it is idle, which it lets each of them wait for.
    const frames = await Promise.all(shots.map(({ pixels }) => pngOf(pixels, { size })));
    const provenance = { ...provenanceOf(state, climb), frames: shots.map(({ step, value }) => ({ step, value })) };
    return client.call('saveFrames', { generation: state.subject.generation, frames, name: fileName(climb), provenance });
  });
}

async function saying(save: () => Promise<{ savedAs: string | undefined } | undefined>): Promise<string | undefined> {
  try {
    const saved = await save();
    return saved?.savedAs === undefined ? undefined : `Saved as ${saved.savedAs}.`;
  } catch (error) {
    return isAbort(error) ? undefined : `Not saved: ${toErrorRecord(error).message}`;
  }
}

/** Where the picture comes from: with the same model, method and parameters (the seed is one) it can be made again. */
function provenanceOf({ units }: UnitsState, { request, result, name, state }: Climb): UnitsProvenance {
  const { model } = units ?? {};
  return {
    tool: 'Glassbox',
    model: model?.path,
    modelHash: model?.hash,
    target: result?.target ?? name,
    objective: request.objective,
    method: request.method,
    params: result?.params ?? request.params ?? {},
    engine: result?.engine ?? model?.engine,
    preprocessing: model?.preprocessing,
    ...(state === 'done' ? { objectiveAtEnd: result?.value, network: result?.top } : { ended: state }),
  };
}

/** `star.maco.17`: target, method, seed. Only what every file system takes. */
function fileName({ name, request, result }: Climb): string {
  const seed = result?.params.seed ?? request.params?.seed;
  const plain = name.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-').replaceAll(/^-+|-+$/g, '');
  return [plain === '' ? 'visualisation' : plain, request.method, ...(seed === undefined ? [] : [seed])].join('.');
}
