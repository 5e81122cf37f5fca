import { methods } from '../explain/methods/index.ts';
import { describeError, isAbort, toErrorRecord } from '../shared/errors.ts';
import { familyNames } from '../shared/families.ts';
import type { MethodFamily, MethodInfo } from '../shared/protocol.ts';
import { explain } from './explain.ts';
import { layers } from './layers.ts';
import { parseCommand, usage } from './usage.ts';
import { UsageError } from './values.ts';

/** Runs one command line; the result is the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  // `glassbox … | head`: the reader has seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    const command = parseCommand(argv);
    switch (command.name) {
      case 'help':
        process.stdout.write(usage);
        return 0;
      case 'methods':
        process.stdout.write(command.json ? `${JSON.stringify(methods.map((m) => m.info))}\n` : methodTable());
        return 0;
      case 'layers':
        return await layers(command.model, command.json);
      case 'explain':
        return await explain(command.args, interrupt.signal);
    }
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`glassbox: ${error.message}\nTry: glassbox help\n`);
      return 2;
    }
    if (interrupt.signal.aborted && isAbort(error)) return 130;
    process.stderr.write(`glassbox: ${describeError(toErrorRecord(error))}\n`);
    return 1;
  }
}

/** For people: a blank line between methods, under the names of the families. */
function methodTable(): string {
  const families = (Object.keys(familyNames) as MethodFamily[]).flatMap((family) => {
    const own = methods.filter(({ info }) => info.family === family).map(({ info }) => describeMethod(info));
    return own.length > 0 ? [[`# ${familyNames[family]} (all:${family})`, ...own].join('\n\n')] : [];
  });
  return `${families.join('\n\n')}\n`;
}

function describeMethod({ id, label, about, formula, misleads, source, variants, params }: MethodInfo): string {
  return [
    `${id}  ${label}. ${about}`,
    `  formula   ${formula}`,
    `  misleads  ${misleads}`,
    `  source    ${source}`,
    ...variants.map((v) => `  :${v.id}  ${v.about}`),
    ...params.map((p) => `  --param ${p.id}=…  ${p.about}`),
  ].join('\n');
}
