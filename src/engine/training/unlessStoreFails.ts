import { isAbort, ModelError } from '../../shared/errors.ts';

/** A store that cannot be used takes nothing down: what would be looked up is worked out, and said once. */
export async function unlessStoreFails<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ModelError) || isAbort(error)) throw error;
    if (error.message !== said) console.warn(`${error.message} ${error.hint ?? ''}`);
    said = error.message;
    return otherwise;
  }
}

let said: string | undefined;
