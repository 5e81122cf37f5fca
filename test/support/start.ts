// `npm start`: shows the sample workspace in VS Code with the extension loaded. In the VS Code of this machine if there is
// one; otherwise in the one the tests use, in the browser. With --check (or in CI): starts, looks, takes a picture, ends.
//
//   node test/support/start.ts [--check] [--port 8080] [--extension unpacked/folder] [folder to open]
import { type SpawnOptions, spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { eventually, explorerRow, hasCommand, screenshot, webview, withEditor } from './editor.ts';
import { out, repository, sample } from './paths.ts';
import { startServer } from './server.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean' }, port: { type: 'string' }, extension: { type: 'string' } },
});
const extension = resolve(values.extension ?? repository);

/** The folder to show: the one named, as it is, or a fresh copy of the sample, so that trying things out changes no file of ours. */
function workspace(): string {
  if (positionals[0]) return resolve(positionals[0]);
  if (!existsSync(sample)) throw new Error(`The sample workspace ${sample} does not exist. Name a folder to open instead.`);
  const copy = join(out, 'sample');
  rmSync(copy, { recursive: true, force: true });
  cpSync(sample, copy, { recursive: true });
  return copy;
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** The command `code`, if it starts a desktop VS Code: in a remote terminal it is something else with the same name. */
function desktopCode(): string | undefined {
  if (!hasDisplay() || process.env.VSCODE_IPC_HOOK_CLI) return undefined;
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** Starts something that outlives us; that it fails is no reason to stop. */
function launch(command: string, args: string[], options: SpawnOptions = {}): void {
  const child = spawn(command, args, { stdio: 'ignore', detached: true, ...options });
  child.on('error', (error) => console.error(`${command}: ${error.message}`));
  child.unref();
}

function openInBrowser(url: string): void {
  if (!hasDisplay()) return;
  if (process.platform === 'win32') launch('cmd', ['/c', 'start', '""', url.replaceAll('&', '^&')], { windowsVerbatimArguments: true });
  else launch(process.platform === 'darwin' ? 'open' : 'xdg-open', [url]);
}

async function serve(folder: string): Promise<void> {
  // A closed tab must not end it, so it waits for a day.
  const server = await startServer({ folder, extension, port: Number(values.port ?? 0), idleSeconds: 24 * 3600 });
  console.log(`\nVS Code with Glassbox is at  ${server.url}\n\nCtrl+C ends it.`);
  openInBrowser(server.url);
  const asked = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done());
  });
  await Promise.race([asked, server.ended]);
  await server.close();
}

/** The names under which the palette must offer the extension's commands, as far as it offers them always. */
function paletteNames(): string[] {
  const manifest = JSON.parse(readFileSync(join(extension, 'package.json'), 'utf8'));
  const nlsFile = join(extension, 'package.nls.json');
  const texts: Record<string, string> = existsSync(nlsFile) ? JSON.parse(readFileSync(nlsFile, 'utf8')) : {};
  const text = (value: string) => texts[/^%(.+)%$/.exec(value)?.[1] ?? ''] ?? value;
  const conditional = (manifest.contributes?.menus?.commandPalette ?? []).map((item: { command: string }) => item.command);
  const commands: { command: string; title: string; category?: string }[] = manifest.contributes?.commands ?? [];
  const always = commands.filter(({ command }) => !conditional.includes(command));
  return always.map(({ title, category }) => (category ? `${text(category)}: ${text(title)}` : text(title)));
}

async function check(folder: string): Promise<void> {
  const command = paletteNames()[0];
  if (!command) throw new Error(`${extension}/package.json contributes no command`);
  await withEditor('start', { folder, extension }, async (editor) => {
    for (const name of readdirSync(folder).filter((entry) => !entry.startsWith('.'))) await explorerRow(editor, name).waitFor();
    await eventually(`the command "${command}" in the palette`, async () => (await hasCommand(editor, command)) || undefined);
    if (!positionals[0]) await (await webview(editor, 'Preview README.md')).getByText('One minute').waitFor();
    console.log(`VS Code shows ${folder} and knows "${command}". Picture: ${await screenshot(editor, 'start')}`);
  });
  console.log('ready');
}

const folder = workspace();
const code = desktopCode();
if (values.check || process.env.CI) {
  await check(folder);
} else if (code) {
  launch(code, [`--extensionDevelopmentPath=${extension}`, folder], { shell: process.platform === 'win32' });
  console.log('Opening VS Code with Glassbox');
} else {
  await serve(folder);
}
