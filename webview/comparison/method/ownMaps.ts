import type { MethodInfo } from '../../../src/shared/protocol.ts';
import type { BothSides, ProbeFrames, ProbeMapRequest } from '../../../src/shared/trainingProtocol.ts';
import { type ComparisonState, nothing } from '../state.ts';

/** What this comparison asks for other than the training view does; undefined: both show the same maps. */
export function ownRequest({ choices: { request }, subject, methods }: ComparisonState): ProbeMapRequest | undefined {
  // One that was kept may be of another version of Glassbox.
  if (!request || !subject || !methods.some(({ id }) => id === request.method)) return undefined;
  return isSame(request, subject.choice.request) ? undefined : request;
}

/** What of the probes the maps on show are read from. The last ones stay while others are on their way. */
export function mapFrames(state: ComparisonState): BothSides<ProbeFrames | undefined> {
  const { results, frames } = state;
  if (!ownRequest(state)) return results.frames;
  if (frames.error) return nothing.frames;
  return frames.value ?? results.frames;
}

/** Whether some maps on show cannot be had as they are asked for. */
export function isRefused({ both, passing, frames, choices: { view } }: ComparisonState): boolean {
  if (view === 'probe') return !both.loading && Boolean(both.error ?? both.value?.from.error ?? both.value?.to.error);
  if (frames.error) return true;
  return [...passing.values()].some((each) => 'code' in each || each.from.error || each.to.error);
}

/** `Grad-CAM at conv5` */
export function requestText(methods: readonly MethodInfo[], { method, layer }: Pick<ProbeMapRequest, 'method' | 'layer'>): string {
  const known = methods.find(({ id }) => id === method);
  return `${known?.label ?? method}${layer && known?.at !== 'input' ? ` at ${layer}` : ''}`;
}

/** What the maps on show are of, whatever is asked for by now. */
export function shownText(state: ComparisonState): string {
  const { both, choices, methods, subject } = state;
  const pair = choices.view === 'probe' ? (both.value?.to.map ?? both.value?.from.map) : undefined;
  const frames = mapFrames(state);
  const map = pair ?? (frames.to ?? frames.from)?.map;
  // Frames without any map name no method.
  const shown = map?.method ? map : (ownRequest(state) ?? subject?.choice.request);
  return shown ? requestText(methods, shown) : '';
}

function isSame(a: ProbeMapRequest, b: ProbeMapRequest): boolean {
  return a.method === b.method && a.variant === b.variant && a.layer === b.layer && b.params === undefined;
}
