import type { Client } from '../../src/shared/rpc.ts';
import type { UnitsPageCalls } from '../../src/shared/unitsProtocol.ts';
import type { Store } from '../page/store.ts';
import type { UnitsState } from './state.ts';

/** What every part of the page works on. */
export interface Page {
  store: Store<UnitsState>;
  client: Client<UnitsPageCalls>;
}

/** A part of the page with work of its own. */
export interface Feature {
  /** Called after every change of subject or choices: asks for what they want and stops what they no longer want. */
  sync(): void;
  /** Another subject: everything that is there is of the old one. */
  clear(): void;
  /** Escape: stops what runs, or closes what is open. Returns whether there was anything. */
  leave(): boolean;
}
