import type { Client } from '../../src/shared/rpc.ts';
import type { SpacePageCalls } from '../../src/shared/spaceProtocol.ts';
import type { Store } from '../page/store.ts';
import type { SpaceState } from './state.ts';
import type { Thumbs } from './thumbs.ts';

/** What every part of the page works on. */
export interface Page {
  store: Store<SpaceState>;
  client: Client<SpacePageCalls>;
  thumbs: Thumbs;
}

/** A part of the page with work of its own. */
export interface Feature {
  /** Called after every change of subject, rows or choices: asks for what they want and stops what they no longer want. */
  sync(): void;
  /** Another subject: everything that is there is of the old one. */
  clear(): void;
  /** Escape: stops what runs, or closes what is open. Returns whether there was anything. */
  leave(): boolean;
}
