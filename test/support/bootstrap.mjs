// What `npm start` and `npm test` run first, with whatever Node (>= 20) the machine has: installs the packages of the
// lock file if they are not there, then hands over to Node 24, which runs TypeScript by itself.
//   node test/support/bootstrap.mjs [--build] SCRIPT.ts [arguments]
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The packages of a lock file that every machine gets, `path@version`. */
function packagesOf(lockFile) {
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
  return Object.entries(packages)
    .filter(([path, { optional, peer, devOptional }]) => path !== '' && !optional && !peer && !devOptional)
    .map(([path, { version }]) => `${path}@${version}`);
}

/** npm keeps what it installed in a lock file of its own. */
function isInstalled() {
  const installed = join(repository, 'node_modules', '.package-lock.json');
  if (!existsSync(installed) || !existsSync(node24())) return false;
  const have = new Set(packagesOf(installed));
  return packagesOf(join(repository, 'package-lock.json')).every((each) => have.has(each));
}

/** The Node that comes with the development dependencies; the running one where it is as new. */
function node24() {
  const carried = join(repository, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(carried) || Number.parseInt(process.versions.node, 10) < 24 ? carried : process.execPath;
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: repository, stdio: 'inherit', ...options });
  if (error) console.error(`${command} does not start: ${error.message}`);
  return status ?? 1;
}

/** The very npm that runs us, if there is one: a script that any Node runs. */
const npm = process.env.npm_execpath?.endsWith('.js') ? process.env.npm_execpath : undefined;

function install() {
  console.log('Installing the packages of package-lock.json (npm ci)');
  const args = ['ci', '--no-audit', '--no-fund'];
  const status = npm ? run(process.execPath, [npm, ...args]) : run('npm', args, { shell: process.platform === 'win32' });
  if (status === 0) installOptional();
  return status;
}

/** npm leaves out optional packages that ask for a newer Node than its own (usearch): the one that came along takes them. */
function installOptional() {
  if (!npm || node24() === process.execPath) return;
  run(node24(), [npm, 'install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
}

if (!isInstalled()) {
  const status = install();
  if (status !== 0) process.exit(status);
}
const [first, ...rest] = process.argv.slice(2);
if (first === '--build') {
  const status = run(node24(), ['esbuild.config.mjs']);
  process.exit(status === 0 ? run(node24(), rest) : status);
}
process.exit(run(node24(), [first, ...rest]));
