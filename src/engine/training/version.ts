import { createHash } from 'node:crypto';
import type { Preprocessing } from '../../shared/sidecar.ts';

/** Names what is read of a checkpoint, whatever its file is called: a model's hash and how images become its input. */
export function versionOf(hash: string, preprocessing: Preprocessing): string {
  return createHash('sha256')
    .update(`${hash} ${JSON.stringify(preprocessing)}`)
    .digest('hex')
    .slice(0, 32);
}
