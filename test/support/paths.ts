// Where the harness finds things. No other test file knows the layout of the repository or of the nested tools package.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository, which is also the unpacked extension. */
export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The nested package with the big test tools. */
export const tools = join(repository, 'test', 'tools');

/** Everything a run leaves behind: screenshots, logs. Ignored by git. */
export const out = join(repository, 'out');

/** The workspace the extension is shown with. */
export const sample = join(repository, 'media', 'sample');

export const codeServer = join(tools, 'node_modules', 'code-server');

/** The Chromium unpacked from @sparticuz/chromium; inside node_modules so that `npm ci` also removes it. */
export const bundledChromium = join(tools, 'node_modules', '.chromium');

/** Node 24, which the server needs: the one running us, else the one the repository carries as a development dependency. */
export function node24(): string {
  if (process.versions.node.startsWith('24.')) return process.execPath;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const carried = join(repository, 'node_modules', 'node', 'bin', binary);
  if (existsSync(carried)) return carried;
  throw new Error(`Node 24 is needed, this is ${process.version} and ${carried} does not exist. Run: npm install`);
}
