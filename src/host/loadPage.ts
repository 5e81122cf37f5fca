import * as vscode from 'vscode';
import { pageHtml } from './pageHtml.ts';

interface PageOptions {
  /** Of the bundle under dist/webview. */
  name: 'explain' | 'units' | 'space' | 'training' | 'comparison';
  extensionUri: vscode.Uri;
  /** Folders besides the page's own that it may load pictures from. */
  folders?: readonly string[];
}

/** Loads a page into a webview, or lets the page in it see other folders. Setting the same options again would reload it. */
export function loadPage(webview: vscode.Webview, { name, extensionUri, folders = [] }: PageOptions): void {
  const pageFolder = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const roots = [pageFolder, ...folders.map((folder) => vscode.Uri.file(folder))];
  const now = webview.options.localResourceRoots ?? [];
  const same = roots.length === now.length && roots.every((root, index) => root.toString() === now[index]?.toString());
  if (!same || !webview.options.enableScripts) webview.options = { enableScripts: true, localResourceRoots: roots };
  if (webview.html !== '') return;
  const uri = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(pageFolder, file)).toString();
  webview.html = pageHtml({ script: uri(`${name}.js`), style: uri(`${name}.css`), source: webview.cspSource });
}
