// What people read about the methods, made from their descriptions.
import { familyNames } from '../../src/shared/families.ts';
import type { MethodFamily, MethodInfo } from '../../src/shared/protocol.ts';

const families = Object.keys(familyNames) as MethodFamily[];

/** A cell of a Markdown table. */
const cell = (text: string) => text.replaceAll('|', '\\|');

/** The short table of the README: every method, what it shows, its names on the command line. */
export function readmeTable(methods: readonly MethodInfo[]): string {
  const rows = families.flatMap((family) => {
    const own = methods.filter((method) => method.family === family);
    const names = ({ id, variants }: MethodInfo) => [`\`${id}\``, ...variants.slice(1).map((v) => `\`:${v.id}\``)].join(' ');
    const body = own.map((method) => `| ${method.label} | ${cell(method.about)} | ${names(method)} |`);
    return own.length > 0 ? [`| **${familyNames[family]}** | | |`, ...body] : [];
  });
  return ['| method | what it shows | id and variants |', '|---|---|---|', ...rows].join('\n');
}

/** The whole reference. */
export function methodsPage(methods: readonly MethodInfo[]): string {
  const sections = families.flatMap((family) => {
    const own = methods.filter((method) => method.family === family);
    return own.length > 0 ? [`## ${familyNames[family]}`, ...own.map(section)] : [];
  });
  const head = [
    '# Methods',
    'Every method of Glassbox: what it shows, how it is computed, where it is from, and when it misleads. Made from the descriptions',
    'in `src/explain/methods` by `UPDATE_GOLDEN=1 npm test -- described`.',
  ];
  return `${[`${head[0]}\n\n${head.slice(1).join('\n')}`, ...sections].join('\n\n')}\n`;
}

function section({ id, label, about, misleads, formula, source, variants, params, exportable }: MethodInfo): string {
  const parts = [
    `### ${label} (\`${id}\`)`,
    about,
    `\`\`\`text\n${formula}\n\`\`\``,
    `**When it misleads.** ${misleads}`,
    `**Source.** ${source}`,
    variants.map((v, i) => `- \`${id}:${v.id}\`${i === 0 ? ' (default)' : ''}: ${v.about}`).join('\n'),
    params.map((p) => `- \`--param ${p.id}=…\`: ${p.about}`).join('\n'),
    exportable ? '' : 'It has no ONNX export.',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
