// Starts VS Code (the real one, served by code-server) with the extension unpacked in it. No browser here: `npm start` uses this too.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureTools } from '../tools/install.ts';
import { codeServer, node24, repository } from './paths.ts';
import { type Theme, themeNames } from './themes.ts';

export interface ServerOptions {
  /** The folder to open. It is not copied: tests that write give a copy. */
  folder: string;
  /** The unpacked extension: package.json, dist, media, node_modules. Default: this repository. */
  extension?: string;
  /** More unpacked extensions. */
  others?: readonly string[];
  /** false opens the folder in Restricted Mode. Default: true. */
  trusted?: boolean;
  theme?: Theme;
  /** More user settings. */
  settings?: Record<string, unknown>;
  /** More environment variables for the server and all it starts, the extension included. */
  env?: Record<string, string>;
  /** The port of the server. Default: a free one. */
  port?: number;
  /** Without a window for this long the server ends itself, should we be killed before we could end it. Default: 600. */
  idleSeconds?: number;
}

export interface Server {
  /** The address of the workbench with the folder open. */
  url: string;
  /** What the server, the extension host and the output channels wrote so far. */
  logs(): string;
  /** Fulfilled when the server has ended, whoever ended it. */
  ended: Promise<void>;
  /** Ends the server with everything it started, and removes its temporary folder. */
  close(): Promise<void>;
}

/** What belongs to an installed extension. Sources and tests stay out, so that nothing can come to depend on them. */
const shipped = /^(package(\.nls.*)?\.json|dist|media|l10n|schemas?|README\.md|CHANGELOG\.md|LICENSE(\.\w+)?)$/;

/**
 * Unpacks the extension into the folder of extensions. Copied, because VS Code recognises an extension's modules by their
 * real path: behind a link they get the API of nobody. Only the big node_modules is a link; nothing in it asks for `vscode`.
 */
function installExtension(from: string, extensions: string): void {
  const { publisher, name, version } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const folder = join(extensions, `${publisher}.${name}-${version}`);
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(from)) {
    if (entry === 'node_modules') symlinkSync(join(from, entry), join(folder, entry), 'junction');
    else if (shipped.test(entry)) cpSync(join(from, entry), join(folder, entry), { recursive: true });
  }
}

/** Settings that keep everything away that is not the extension: welcome pages, updates, telemetry, chat, previews of tabs. */
function settingsFor(options: ServerOptions): Record<string, unknown> {
  return {
    'workbench.startupEditor': 'none',
    'workbench.welcomePage.experimentalOnboarding': false,
    'workbench.tips.enabled': false,
    'workbench.colorTheme': themeNames[options.theme ?? 'dark'].label,
    // Otherwise VS Code follows the browser's preference instead of the theme asked for.
    'window.autoDetectColorScheme': false,
    'window.autoDetectHighContrast': false,
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true,
    'telemetry.telemetryLevel': 'off',
    'update.mode': 'none',
    'extensions.autoCheckUpdates': false,
    'extensions.ignoreRecommendations': true,
    'workbench.enableExperiments': false,
    // One row per folder, so that paths can be followed.
    'explorer.compactFolders': false,
    'git.openRepositoryInParentFolders': 'never',
    'security.workspace.trust.enabled': options.trusted === false,
    'security.workspace.trust.startupPrompt': 'never',
    'security.workspace.trust.banner': 'never',
    'files.simpleDialog.enable': true,
    ...options.settings,
  };
}

function serverArguments(home: string, options: ServerOptions): string[] {
  return [
    join(codeServer, 'out', 'node', 'entry.js'),
    ...['--auth', 'none', '--bind-addr', `127.0.0.1:${options.port ?? 0}`],
    ...(options.trusted === false ? [] : ['--disable-workspace-trust']),
    ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
    ...['--idle-timeout-seconds', String(options.idleSeconds ?? 600)],
    ...['--user-data-dir', join(home, 'data'), '--extensions-dir', join(home, 'extensions')],
    ...['--config', join(home, 'config.yaml')],
  ];
}

function serverEnvironment(home: string, options: ServerOptions): NodeJS.ProcessEnv {
  // A VS Code terminal or a debugger we run in must not leak into the server; nor must npm, which started us.
  const leaking = /^(VSCODE_|NODE_OPTIONS$|NODE_TEST_CONTEXT$|npm_|CODE_SERVER_|PORT$|PASSWORD$)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !leaking.test(name)));
  // VS Code leaves sockets behind. They go with our folder, unless that has so long a name that they could not be opened.
  const temporary = home.length < 50 ? { TMPDIR: home, XDG_RUNTIME_DIR: home } : {};
  return { ...env, ...temporary, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, ...options.env };
}

/** The address, once the server says that it listens. */
async function listening(child: ChildProcess, output: () => string): Promise<string> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && child.exitCode === null) {
    const port = /HTTP server listening on https?:\/\/[^\s/]*:(\d+)/.exec(output())?.[1];
    // "localhost" and not 127.0.0.1: webviews need a secure context and cookies.
    if (port) return `http://localhost:${port}`;
    await sleep(20);
  }
  throw new Error(`The VS Code server did not start:\n${output()}`);
}

/** Ends a process with all it started. */
function killTree(pid: number, signal: NodeJS.Signals): void {
  try {
    if (process.platform === 'win32') spawnSync('taskkill', ['/pid', String(pid), '/T', '/F']);
    else process.kill(-pid, signal);
  } catch {
    // Already gone.
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(process.platform === 'win32' ? pid : -pid, 0);
  } catch {
    return false;
  }
}

async function end(pid: number): Promise<void> {
  killTree(pid, 'SIGTERM');
  for (let tries = 0; isAlive(pid) && tries < 50; tries++) await sleep(20);
  killTree(pid, 'SIGKILL');
  for (let tries = 0; isAlive(pid) && tries < 50; tries++) await sleep(20);
}

/** The logs below a folder, newest state, each with its name. */
function readLogs(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const logs = files.filter((file) => file.isFile() && file.name.endsWith('.log'));
  return logs.map((file) => `--- ${file.name}\n${readFileSync(join(file.parentPath, file.name), 'utf8')}`).join('\n');
}

/** Starts VS Code on a free port, with a fresh profile and the extension unpacked in it. */
export async function startServer(options: ServerOptions): Promise<Server> {
  await ensureTools();
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'glassbox-editor-'));
  const settingsFile = join(home, 'data', 'User', 'settings.json');
  mkdirSync(join(home, 'data', 'User'), { recursive: true });
  writeFileSync(settingsFile, JSON.stringify(settingsFor(options), null, 2));
  writeFileSync(join(home, 'config.yaml'), '');
  for (const each of [options.extension ?? repository, ...(options.others ?? [])])
    installExtension(resolve(each), join(home, 'extensions'));

  // Its own process group, so that the whole tree can be ended at once.
  const child = spawn(node24(), serverArguments(home, options), {
    env: serverEnvironment(home, options),
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const pid = child.pid as number;
  const endNow = () => killTree(pid, 'SIGKILL');
  process.once('exit', endNow);

  const close = async () => {
    await end(pid);
    process.off('exit', endNow);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const address = await listening(child, () => output);
    const url = `${address}/?folder=${encodeURIComponent(resolve(options.folder))}`;
    return { url, ended, logs: () => `${output}\n${readLogs(join(home, 'data', 'logs'))}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}
