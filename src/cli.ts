#!/usr/bin/env node
/** The command line: the same engine without an editor. */
import { main } from './cli/main.ts';

process.exitCode = await main(process.argv.slice(2));
