// Installs what only the end-to-end tests and `npm start` need: a VS Code server and a browser, both from npm.
// Install scripts stay off (they compile native extras the tests do without), so the steps the server's own
// postinstall would take are taken here: its `lib/vscode` has dependencies of its own.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bundledChromium, codeServer, node24, out, repository, tools } from '../support/paths.ts';

/** Raise after a change of the steps below, to make every checkout install again. */
const recipe = 1;

const stampFile = join(tools, 'node_modules', '.glassbox-installed');
const lockFile = join(out, 'tools-install.lock');

/** Native modules of the server that would have to be compiled, and what stands in for them. */
const replacements = { spdlog: 'spdlog.cjs', 'native-watchdog': 'watchdog.cjs' };

/** What the installed tools depend on: the same string means there is nothing to do. */
function wantedStamp(): string {
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', ...Object.values(replacements)]) hash.update(readFileSync(join(tools, file)));
  return `${recipe} ${hash.digest('hex')} ${process.platform}-${process.arch}\n`;
}

function isInstalled(): boolean {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wantedStamp();
}

/** The environment for a nested npm: an outer `npm run` would otherwise tell it to work on the outer package. */
function npmEnvironment(): NodeJS.ProcessEnv {
  const ours = /^npm_(config_(local_prefix|global_prefix|prefix|nodedir|ignore_scripts)|package_|lifecycle_|command)/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  return { ...env, PATH: dirname(node24()) + delimiter + process.env.PATH };
}

/** Runs a command and keeps its output, which is shown only if the command fails. */
function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, shell: process.platform === 'win32' && command === 'npm' });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`"${[command, ...args].join(' ')}" in ${cwd} ended with code ${code}:\n${text.trim()}`));
    });
  });
}

function npm(args: string[], cwd: string): Promise<void> {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const outer = process.env.npm_execpath;
  // The very npm that runs us, if there is one: `npm` on PATH could be another version.
  if (outer?.endsWith('.js')) return run(node24(), [outer, ...args, ...flags], cwd, npmEnvironment());
  return run('npm', [...args, ...flags], cwd, npmEnvironment());
}

/** @sparticuz/chromium unpacks into the temporary folder; ours instead, where nothing else can leave half a browser. */
async function unpackChromium(): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return;
  rmSync(bundledChromium, { recursive: true, force: true });
  mkdirSync(bundledChromium, { recursive: true });
  const program = "const { default: chromium } = await import('@sparticuz/chromium'); await chromium.executablePath()";
  // The package adds the system libraries it carries (NSS and others) only where it believes to run on AWS.
  const env = { ...process.env, TMPDIR: bundledChromium, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };
  await run(node24(), ['--input-type=module', '--eval', program], tools, env);
}

function replaceNativeModules(): void {
  const modules = join(codeServer, 'lib', 'vscode', 'node_modules', '@vscode');
  for (const [name, file] of Object.entries(replacements)) copyFileSync(join(tools, file), join(modules, name, 'index.js'));
}

interface Step {
  title: string;
  run(): Promise<void>;
}

const steps: Step[] = [
  { title: 'packages of test/tools', run: () => npm(['ci'], tools) },
  {
    title: "the VS Code server's own packages",
    // Not `npm ci`: it rejects the shrinkwrap the server is published with. `--no-save` obeys the shrinkwrap and leaves it alone.
    run: async () => {
      await npm(['install', '--omit=dev', '--no-save'], join(codeServer, 'lib', 'vscode'));
      replaceNativeModules();
    },
  },
  { title: 'the browser', run: unpackChromium },
];

async function install(say: (line: string) => void): Promise<void> {
  rmSync(stampFile, { force: true });
  say('Installing the test tools (about 1.1 GB on disk, once)');
  for (const [index, step] of steps.entries()) {
    const start = performance.now();
    await step.run();
    say(`  ${index + 1}/${steps.length} ${step.title}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  writeFileSync(stampFile, wantedStamp());
}

/** Whether the process that holds the lock still runs; a killed one must not block us for ever. */
function isHeld(): boolean {
  try {
    const owner = Number(readFileSync(lockFile, 'utf8'));
    // 0 = just created, its number not yet written.
    return owner === 0 || process.kill(owner, 0);
  } catch {
    return false;
  }
}

function tryLock(): boolean {
  try {
    mkdirSync(out, { recursive: true });
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** Node's test runner starts one process per file, and several may need the tools at the same moment. */
async function withLock(work: () => Promise<void>): Promise<void> {
  while (!tryLock()) {
    if (!isHeld()) rmSync(lockFile, { force: true });
    await sleep(300);
  }
  try {
    await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

/** Makes sure the test tools are there; returns at once if they are. */
export async function ensureTools(say: (line: string) => void = (line) => console.error(line)): Promise<void> {
  if (isInstalled()) return;
  await withLock(async () => {
    if (!isInstalled()) await install(say);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await ensureTools(console.log);
  console.log(`The test tools are installed in ${tools.slice(repository.length + 1)}`);
}
