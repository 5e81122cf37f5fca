import { html, nothing, type TemplateResult } from 'lit';
import type { ErrorCode, ErrorRecord } from '../../src/shared/errors.ts';
import type { Question } from '../../src/shared/question.ts';
import { button } from '../ui/button.ts';
import { icon } from '../ui/icons.ts';

export interface ErrorActions {
  retry?: () => void;
  /** Asks what would cure it. */
  ask?: () => void;
  /** Said on its button; undefined: what is asked. */
  askLabel?: string;
  showLog?: () => void;
  openSidecar?: () => void;
  chooseModel?: () => void;
}

/** No fault of anything: told without alarm. */
const quiet: ReadonlySet<ErrorCode> = new Set(['cancelled', 'method']);

/** Errors that the sidecar can cure, and those whose cause may stand in the log. */
const sidecarHelps: ReadonlySet<ErrorCode> = new Set(['labels', 'input']);
const logHelps: ReadonlySet<ErrorCode> = new Set(['engine', 'internal']);

const answering: Readonly<Record<Question['kind'], string>> = {
  preprocessing: 'Choose a preparation…',
  'input-size': 'Choose a size…',
  inputs: 'Give the values…',
};

/** What went wrong, with what, and the next step. */
export function errorView(error: ErrorRecord, actions: ErrorActions): TemplateResult {
  const calm = quiet.has(error.code);
  return html`<div class="error" role=${calm ? 'status' : 'alert'} data-testid="error" data-code=${error.code}>
    <span class=${calm ? '' : 'error-icon'}>${icon(calm ? 'info' : 'error')}</span>
    <div class="error-body">
      <p class="error-message" data-testid="error-message">${error.message}</p>
      ${error.hint === undefined ? nothing : html`<p data-testid="error-hint">${error.hint}</p>`}
      ${place(error)}
      <div class="buttons">
        ${
          error.question && actions.ask
            ? button({
                testid: 'ask',
                label: actions.askLabel ?? answering[error.question.kind],
                appearance: 'primary',
                onClick: actions.ask,
              })
            : nothing
        }
        ${actions.retry && !error.question ? button({ testid: 'retry', label: 'Try again', appearance: 'primary', onClick: actions.retry }) : nothing}
        ${
          actions.openSidecar && sidecarHelps.has(error.code)
            ? button({ testid: 'error-sidecar', label: 'Open glassbox.json', onClick: actions.openSidecar })
            : nothing
        }
        ${actions.chooseModel ? button({ testid: 'error-model', label: 'Choose another model…', onClick: actions.chooseModel }) : nothing}
        ${actions.showLog && logHelps.has(error.code) ? button({ testid: 'show-log', label: 'Show log', onClick: actions.showLog }) : nothing}
      </div>
    </div>
  </div>`;
}

/** File and place in it, where the message does not name them. */
function place({ file, where, message }: ErrorRecord): TemplateResult | typeof nothing {
  const parts = [file, where].filter((part) => part !== undefined && !message.includes(part));
  return parts.length === 0 ? nothing : html`<p class="path" data-testid="error-place">${parts.join(' · ')}</p>`;
}
