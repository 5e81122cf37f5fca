// Builds everything that runs: `node esbuild.config.mjs [--watch] [--production] [--partial]`.
// --partial leaves out builds whose entry is not there instead of failing.
import { existsSync, rmSync } from 'node:fs';
import * as esbuild from 'esbuild';

const flags = new Set(process.argv.slice(2));
const production = flags.has('--production');

// Packages with native binaries or wasm files beside their code stay packages.
const natives = ['onnxruntime-node', 'sharp', '@tensorflow/*', 'better-sqlite3', 'usearch'];

// Bundled CommonJS packages call require, which an ES module has not.
const requireBanner = `import { createRequire as glassboxRequire } from 'node:module'; const require = glassboxRequire(import.meta.url);`;

/** @type {esbuild.BuildOptions} */
const node = { platform: 'node', target: 'node20' };
/** @type {esbuild.BuildOptions} */
const nodeModule = { ...node, format: 'esm', external: natives, banner: { js: requireBanner } };

/** @type {esbuild.BuildOptions} */
const extension = {
  ...{ entryPoints: { extension: 'src/extension.ts' }, outExtension: { '.js': '.cjs' }, ...node, format: 'cjs', external: ['vscode'] },
  // jsonc-parser's other form requires its parts in a way no bundler sees.
  mainFields: ['module', 'main'],
};

/** @returns {esbuild.BuildOptions} */
const page = (name) => ({
  entryPoints: { [`webview/${name}`]: `webview/${name}/main.ts` },
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
});

/** @type {esbuild.BuildOptions[]} */
const builds = [
  extension,
  { entryPoints: { engine: 'src/engine/main.ts' }, outExtension: { '.js': '.mjs' }, ...nodeModule },
  // Threads of the engine: layouts, and the parts of one that run side by side.
  { entryPoints: { layout: 'src/engine/space/layoutThread.ts' }, outExtension: { '.js': '.mjs' }, ...nodeModule },
  { entryPoints: { tsne: 'src/numeric/tsne/thread.ts' }, outExtension: { '.js': '.mjs' }, ...nodeModule },
  { entryPoints: { cli: 'src/cli.ts' }, outExtension: { '.js': '.mjs' }, ...nodeModule },
  page('explain'),
  page('units'),
  page('space'),
  page('training'),
  page('comparison'),
];

/** @type {esbuild.BuildOptions} */
const common = {
  outdir: 'dist',
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'warning',
};

const entryOf = (build) => Object.values(build.entryPoints)[0];
const missing = builds.filter((build) => !existsSync(entryOf(build)));
for (const build of missing) console.error(`${flags.has('--partial') ? 'left out' : 'missing'}: ${entryOf(build)}`);
const present = builds.filter((build) => existsSync(entryOf(build))).map((build) => ({ ...common, ...build }));

if (flags.has('--watch')) {
  for (const build of present) await (await esbuild.context({ ...build, logLevel: 'info' })).watch();
} else {
  if (production) rmSync('dist', { recursive: true, force: true });
  const results = await Promise.allSettled(present.map((build) => esbuild.build(build)));
  const built = results.filter((result) => result.status === 'fulfilled').length;
  console.log(`built ${built} of ${builds.length} into dist`);
  process.exitCode = built < (flags.has('--partial') ? present.length : builds.length) ? 1 : 0;
}
