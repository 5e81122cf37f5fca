import { html, nothing, type TemplateResult } from 'lit';
import { describeError } from '../../../src/shared/errors.ts';
import { announcements } from '../../page/announcements.ts';
import { banner } from '../../page/banner.ts';
import { chooseModelView } from '../../page/chooseModel.ts';
import { errorView } from '../../page/errorView.ts';
import type { Actions } from '../actions.ts';
import { isComparing } from '../compare/comparison.ts';
import { compareView } from '../compare/views/compareView.ts';
import { currentMethod, isAsking, isBare, phase, shown } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { aboutMethod } from './aboutMethod.ts';
import { checkList } from './checkList.ts';
import { controls } from './controls.ts';
import { header } from './header.ts';
import { labelOffer } from './labelOffer.ts';
import { legend } from './legend.ts';
import { methodPicker } from './methodPicker.ts';
import { predictionHead, predictionView } from './predictionView.ts';
import { probeLine } from './probeLine.ts';
import { question } from './question.ts';
import { stage } from './stage.ts';
import { stageTools } from './stageTools.ts';

/** The whole page: picture side and numbers side; one column where it is narrow, what the network says on top. */
export function app(state: PageState, actions: Actions): TemplateResult {
  const now = phase(state);
  return html`${header(state, actions)} ${warnings(state, actions)} ${labelOffer(state, actions)} ${question(state, actions)}
    ${isComparing(state) ? compareView(state, actions) : explainView(state, actions, now)}
    ${announcements({ spoken: isComparing(state) ? '' : spoken(state), notice: state.notice })}`;
}

function warnings({ prediction, warningsHidden }: PageState, actions: Actions): TemplateResult | typeof nothing {
  return banner({
    warnings: warningsHidden ? [] : (prediction?.model.warnings ?? []),
    onHide: () => actions.hideWarnings(),
    onOpenSidecar: () => actions.openSidecar(),
  });
}

/** One map, large. */
function explainView(state: PageState, actions: Actions, now: ReturnType<typeof phase>): TemplateResult {
  return html`<main class="body">
      ${saysSomething(state, now) ? predictionHead(state, actions) : nothing}
      <div class="picture-side">${pictureSide(state, actions)}</div>
      <div class="numbers-side">${numbers(state, actions, now)}</div>
      ${isBare(state) || state.failure ? nothing : aboutMethod(state, actions)}
    </main>`;
}

function pictureSide(state: PageState, actions: Actions): TemplateResult {
  if (isBare(state)) return stage(state, actions);
  return html`${methodPicker(state, actions)} ${stage(state, actions)}
    <div class="under-stage">${legend(state, stageTools(state, actions))}</div>
    ${state.failure ? nothing : html`${probeLine(state)} ${checkList(state, actions)}`}`;
}

/** Whether there is a prediction to show, or one on its way. */
function saysSomething(state: PageState, now: ReturnType<typeof phase>): boolean {
  if (now === 'empty' || (now === 'error' && state.failure)) return false;
  return !isAsking(state) || state.prediction !== undefined;
}

function numbers(state: PageState, actions: Actions, now: ReturnType<typeof phase>): TemplateResult {
  if (now === 'empty') {
    const { candidates = [] } = state.subject ?? {};
    return chooseModelView({
      candidates,
      ask: 'Which model should explain this image?',
      onChoose: (candidate) => actions.chooseModel(candidate),
    });
  }
  if (now === 'error' && state.failure)
    return html`<section class="card">${errorView(state.failure, failureActions(state, actions))}</section>`;
  if (!saysSomething(state, now)) return html``;
  return html`${predictionView(state, actions)} ${controls(state, actions)}`;
}

function failureActions({ subject, failure }: PageState, actions: Actions) {
  const retry = () => actions.retry();
  const showLog = () => actions.showLog();
  if (!subject) return { retry, showLog };
  const { question: open } = failure ?? {};
  const ask = open && { ask: () => actions.answers.ask(open) };
  return { retry, showLog, ...ask, openSidecar: () => actions.openSidecar(), chooseModel: () => actions.chooseModel() };
}

/** What a screen reader hears: in steps of a quarter, so that it does not speak without end. */
function spoken(state: PageState): string {
  if (state.failure) return describeError(state.failure);
  const method = currentMethod(state);
  const { job, map, refusal } = shown(state);
  if (refusal) return describeError(refusal);
  if (!method || !job) return state.prediction ? '' : 'Computing the prediction';
  if (job.state === 'failed' && job.error) return describeError(job.error);
  if (job.state === 'stopped') return `${method.label} stopped`;
  if (job.state === 'done') return map?.flat ?? `${method.label} ready`;
  const quarter = Math.floor(job.progress * 4) * 25;
  return quarter === 0 ? `Computing ${method.label}` : `${method.label} ${quarter} %`;
}
