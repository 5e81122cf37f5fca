import { methods } from '../explain/methods/index.ts';
import { describeError, isAbort, toErrorRecord } from '../shared/errors.ts';
import { explain } from './explain.ts';
import { layers } from './layers.ts';
import { parseCommand, UsageError, usage } from './usage.ts';

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

function methodTable(): string {
  const lines = methods.flatMap(({ info }) => [
    `${info.id}  ${info.label}. ${info.about}`,
    ...info.variants.map((v) => `  :${v.id}  ${v.about}`),
    ...info.params.map((p) => `  --param ${p.id}=…  ${p.about}`),
  ]);
  return `${lines.join('\n')}\n`;
}
