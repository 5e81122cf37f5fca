import type { Question } from './question.ts';

/**
 * The one error class of Glassbox. A message is one sentence that names the thing (file, layer, operator)
 * and the cause; `hint` is the next step. Codes cross process borders, text is made once, where the cause is known.
 */
export type ErrorCode =
  | 'file-missing' // a file that another one refers to is not there
  | 'file-corrupt' // bytes are not what the format says: truncated, bad magic, wrong sizes
  | 'file-changed' // changed while it was being read
  | 'file-too-large' // beyond a stated bound
  | 'format-unknown' // no importer or decoder takes it
  | 'unsupported' // a layer, operator, attribute or dtype that is not supported
  | 'shape' // shapes do not fit
  | 'weights' // NaN, Inf, wrong count
  | 'labels' // labels do not fit the output
  | 'input' // the model's input is no image, or its preprocessing is unknown
  | 'method' // the method does not apply to this model or layer
  | 'stale' // about something that is no longer kept: ask for it anew
  | 'engine' // no engine loads, or the engine failed or crashed
  | 'cancelled'
  | 'internal';

export interface ErrorDetails {
  /** File path or URI the error is about. */
  file?: string;
  /** Layer, node, tensor or attribute inside the file. */
  where?: string;
  /** The next step, an imperative sentence. */
  hint?: string;
  /** What a person can tell to get on. */
  question?: Question;
  cause?: unknown;
}

/** What crosses a process border. */
export interface ErrorRecord {
  code: ErrorCode;
  message: string;
  file?: string;
  where?: string;
  hint?: string;
  question?: Question;
}

export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly code: ErrorCode;
  readonly file: string | undefined;
  readonly where: string | undefined;
  readonly hint: string | undefined;
  readonly question: Question | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.file = details.file;
    this.where = details.where;
    this.hint = details.hint;
    this.question = details.question;
  }

  /** The same error with what a caller further up knows (usually the file) filled in where it is missing. */
  with(details: ErrorDetails): ModelError {
    return new ModelError(this.code, this.message, { ...details, ...defined(this), cause: this.cause });
  }
}

function defined(e: ModelError): ErrorDetails {
  const out: ErrorDetails = {};
  if (e.file !== undefined) out.file = e.file;
  if (e.where !== undefined) out.where = e.where;
  if (e.hint !== undefined) out.hint = e.hint;
  if (e.question !== undefined) out.question = e.question;
  return out;
}

export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof ModelError) {
    const { code, message, file, where, hint, question } = error;
    return {
      code,
      message,
      ...(file !== undefined && { file }),
      ...(where !== undefined && { where }),
      ...(hint !== undefined && { hint }),
      ...(question !== undefined && { question }),
    };
  }
  if (isAbort(error)) return { code: 'cancelled', message: 'Cancelled.' };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

export function fromErrorRecord(record: ErrorRecord): ModelError {
  const { code, message, ...details } = record;
  return new ModelError(code, message, details);
}

/** One readable text: message, file (inside its sentence), next step. For terminals and notifications. */
export function describeError({ message, file, hint }: ErrorRecord): string {
  const end = /[.?!…]$/u.exec(message)?.[0] ?? '';
  const named = file && !message.includes(file) ? `${message.slice(0, message.length - end.length)} (${file})${end}` : message;
  return hint ? `${named} ${hint}` : named;
}

export function cancelled(): ModelError {
  return new ModelError('cancelled', 'Cancelled.');
}

export function isAbort(error: unknown): boolean {
  if (error instanceof ModelError) return error.code === 'cancelled';
  return error instanceof Error && error.name === 'AbortError';
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled();
}
