// Finds and starts a Chromium: one the machine has, else the one that comes with the test tools, which needs nothing
// from the system but libc. Only ever shown our own pages on localhost, hence no sandbox (root has none to offer anyway).
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';
import { ensureTools } from '../tools/install.ts';
import { bundledChromium } from './paths.ts';

const flags = [
  '--no-sandbox',
  // Nothing may leave the machine, and nothing may pop up over the page.
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // WebGL without a graphics card, and only that by SwiftShader: pages themselves are drawn several times as fast without.
  '--use-gl=angle',
  '--use-angle=swiftshader-webgl',
  '--enable-unsafe-swiftshader',
  // /dev/shm is tiny in many containers.
  '--disable-dev-shm-usage',
];

interface Candidate {
  name: string;
  launch: LaunchOptions;
}

/** Where browsers usually are. Looked up instead of tried: every failed launch leaves folders behind. */
function usualPlaces(): string[] {
  if (process.platform === 'win32') {
    const roots = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].filter(
      (root) => root !== undefined,
    );
    return roots.flatMap((root) => [
      join(root, 'Google/Chrome/Application/chrome.exe'),
      join(root, 'Microsoft/Edge/Application/msedge.exe'),
    ]);
  }
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  const names = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'microsoft-edge'];
  return (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
}

function installedBrowsers(): Candidate[] {
  const paths = usualPlaces().filter((path) => existsSync(path));
  return paths.map((executablePath) => ({ name: executablePath, launch: { executablePath } }));
}

/** Fonts of the machine plus the one that comes with the browser: a bare machine has none, and text would be invisible. */
function writeFontConfiguration(): string {
  const file = join(bundledChromium, 'fonts.conf');
  const lines = [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">',
    '<fontconfig>',
    '  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>',
    '  <dir>/usr/share/fonts</dir>',
    `  <dir>${join(bundledChromium, 'fonts')}</dir>`,
    `  <cachedir>${join(bundledChromium, 'font-cache')}</cachedir>`,
    '</fontconfig>',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

function bundledBrowser(): Candidate | undefined {
  const executablePath = join(bundledChromium, 'chromium');
  if (!existsSync(executablePath)) return undefined;
  const libraries = [join(bundledChromium, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH];
  const env = {
    ...(process.env as Record<string, string>),
    LD_LIBRARY_PATH: libraries.filter(Boolean).join(delimiter),
    FONTCONFIG_FILE: writeFontConfiguration(),
  };
  return { name: '@sparticuz/chromium', launch: { executablePath, env } };
}

async function firstThatStarts(candidates: Candidate[], failures: string[]): Promise<Browser | undefined> {
  for (const { name, launch } of candidates) {
    try {
      return await chromium.launch({ headless: true, args: flags, ...launch });
    } catch (error) {
      failures.push(`${name}: ${String(error).split('\n', 2).join(' ')}`);
    }
  }
  return undefined;
}

/** The last resort, on Debian and Ubuntu as root: the distribution's own Chromium. */
function installWithApt(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  console.error('No browser starts on this machine; installing the package "chromium" with apt-get');
  return spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { stdio: 'inherit' }).status === 0;
}

/** Starts a headless browser. GLASSBOX_CHROME names one; otherwise an installed one is taken, then the bundled one. */
export async function launchBrowser(): Promise<Browser> {
  const failures: string[] = [];
  const named = process.env.GLASSBOX_CHROME;
  if (named) return chromium.launch({ headless: true, args: flags, executablePath: named });
  const installed = await firstThatStarts(installedBrowsers(), failures);
  if (installed) return installed;
  await ensureTools();
  const bundled = bundledBrowser();
  const browser = bundled && (await firstThatStarts([bundled], failures));
  if (browser) return browser;
  const fromApt = installWithApt() && (await firstThatStarts(installedBrowsers(), failures));
  if (fromApt) return fromApt;
  throw new Error(`No browser could be started. Install Chrome or Chromium, or name one with GLASSBOX_CHROME.\n${failures.join('\n')}`);
}
