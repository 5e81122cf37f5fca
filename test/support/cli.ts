// The command line as a process of its own.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ran {
  code: number;
  out: string;
  err: string;
}

const source = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
export const builtCli = fileURLToPath(new URL('../../dist/cli.mjs', import.meta.url));

/** Runs `glassbox …args`. */
export function glassbox(args: readonly string[], { cwd, entry = source }: { cwd?: string; entry?: string } = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { maxBuffer: 2 ** 26, ...(cwd !== undefined && { cwd }) };
    const child = execFile(process.execPath, [entry, ...args], options, (_, out, err) => resolve({ code: child.exitCode ?? -1, out, err }));
  });
}
