import type { MethodInfo, PanelSubject } from '../../src/shared/protocol.ts';
import { currentMethod, usualMethod } from './selectors.ts';
import type { Choices, PageState } from './state.ts';

/** The choices with the method and the layer that `subject` comes with, where the page sees it for the first time. */
export function turned(state: PageState, kept: Choices, before: PanelSubject | undefined, subject: PanelSubject): Choices {
  if (before?.generation === subject.generation) return kept;
  const choices = subject.method === undefined ? kept : withMethod(kept, subject.method);
  return subject.layer === undefined ? choices : atLayer({ ...state, choices }, subject.layer);
}

function withMethod(choices: Choices, chosen: string): Choices {
  const [method = '', variant] = chosen.split(':');
  return { ...choices, method, ...(variant !== undefined && { variants: { ...choices.variants, [method]: variant } }) };
}

/** The method stays if it draws at layers. A comparison has layers of its own, so it is left. */
function atLayer(state: PageState, layer: string): Choices {
  const { choices } = state;
  const method = currentMethod(state)?.at === 'layer' ? undefined : layerMethod(state)?.id;
  const { compare } = choices;
  return { ...choices, layer, ...(method !== undefined && { method }), ...(compare && { compare: { ...compare, open: false } }) };
}

/** `state` still knows what the model shown before refuses; mostly it is the same. */
function layerMethod({ methods, prediction }: PageState): MethodInfo | undefined {
  const fit = methods.filter((m) => m.at === 'layer' && !m.slow && !prediction?.model.refusals[m.id]);
  return fit.find((m) => m.id === usualMethod) ?? fit[0];
}
