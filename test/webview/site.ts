import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { repository } from '../support/paths.ts';
import { type ThemeKind, themes } from './themes.ts';

/** One of the extension's pages, and what plays the extension to it. A scene is what that answers with: plain data. */
export interface TestPage<Scene extends object> {
  /** Folder under `webview`, and name of its bundles. */
  name: string;
  title: string;
  /** From the repository: runs before the page. */
  host: string;
  /** Served as `/image.png`; PNG, base64. */
  image?(scene: Scene): string;
  /** The scene with the address that its picture is served at. */
  placed?(scene: Scene, imageUri: string): Scene;
}

/** The page as VS Code would serve it: same markup, same content security policy. */
export interface Site<Scene extends object> {
  /** Address of the page with this scene. */
  url(scene: Scene, theme: ThemeKind): string;
  /** Bytes of the bundles, minified. */
  sizes: { script: number; style: number };
  close(): Promise<void>;
}

const nonce = 'dGVzdC1ub25jZQ';

interface Bundles {
  page: string;
  style: string;
  host: string;
}

async function bundle(of: { name: string; host: string }): Promise<Bundles> {
  const common = {
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    platform: 'browser',
    outdir: '/out',
    logLevel: 'error',
  } as const;
  const [page, host] = await Promise.all([
    build({ ...common, minify: true, entryPoints: { page: join(repository, `webview/${of.name}/main.ts`) } }),
    build({ ...common, entryPoints: { host: join(repository, of.host) } }),
  ]);
  const text = (end: string) => page.outputFiles.find((file) => file.path.endsWith(end))?.text ?? '';
  return { page: text('.js'), style: text('.css'), host: host.outputFiles[0]?.text ?? '' };
}

const policy = (source: string) =>
  `default-src 'none'; img-src ${source} blob: data:; style-src ${source} 'nonce-${nonce}'; script-src 'nonce-${nonce}'; font-src ${source}`;

function shell({ name, title }: { name: string; title: string }, scene: number, theme: ThemeKind, source: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(source)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta property="csp-nonce" content="${nonce}">
<link rel="stylesheet" href="/${name}.css">
<script nonce="${nonce}" src="/theme.js?${theme}"></script>
<title>${title}</title>
</head>
<body class="${bodyClass(theme)}" data-vscode-theme-kind="${theme}">
<div id="app" data-testid="root" data-state="loading"></div>
<script nonce="${nonce}" src="/scene.js?${scene}"></script>
<script nonce="${nonce}" src="/host.js"></script>
<script nonce="${nonce}" src="/${name}.js"></script>
</body>
</html>`;
}

/** For pages older than the light high contrast theme, VS Code adds the class of the dark one. */
function bodyClass(theme: ThemeKind): string {
  return theme === 'vscode-high-contrast-light' ? `${theme} vscode-high-contrast` : theme;
}

/** VS Code sets the variables by script, too. */
function themeScript(theme: ThemeKind): string {
  return `for (const [name, value] of Object.entries(${JSON.stringify(themes[theme])})) document.documentElement.style.setProperty('--vscode-' + name, value);`;
}

export async function startSite<Scene extends object>(page: TestPage<Scene>): Promise<Site<Scene>> {
  const bundles = await bundle(page);
  const scenes: Scene[] = [];
  const answer = (path: string, query: string, source: string): [string, string | Buffer] => {
    if (path === `/${page.name}.css`) return ['text/css', bundles.style];
    if (path === `/${page.name}.js`) return ['text/javascript', bundles.page];
    if (path === '/host.js') return ['text/javascript', bundles.host];
    if (path === '/theme.js') return ['text/javascript', themeScript(query as ThemeKind)];
    if (path === '/scene.js') return ['text/javascript', `window.scene = ${JSON.stringify(scenes[Number(query)])};`];
    // Every scene's picture has the path /image.png?N, and `?broken` is a text file.
    const shown = scenes[Number(query)];
    if (path === '/image.png')
      return ['image/png', query === 'broken' ? 'no picture' : Buffer.from((shown && page.image?.(shown)) ?? '', 'base64')];
    const [scene = '0', theme = 'vscode-dark'] = query.split(',');
    return ['text/html', shell(page, Number(scene), theme as ThemeKind, source)];
  };
  const server: Server = createServer((request, response) => {
    const [path = '/', query = ''] = (request.url ?? '/').split('?');
    const [type, body] = answer(path, query, `http://${request.headers.host}`);
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url(scene, theme) {
      const at = scenes.length;
      scenes.push(page.placed?.(scene, `/image.png?${at}`) ?? scene);
      return `http://127.0.0.1:${port}/?${at},${theme}`;
    },
    sizes: { script: Buffer.byteLength(bundles.page), style: Buffer.byteLength(bundles.style) },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
