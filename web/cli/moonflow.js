#!/usr/bin/env node
import { moonflow } from './command.js';
import { reason } from './file.js';

// A reader that has seen enough (moonflow sample ... | head) ends the output; that is no failure.
process.stdout.on('error', (error) => {
  if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EPIPE') process.exit(0);
  process.stderr.write(`moonflow: cannot write the output: ${reason(error)}\n`);
  process.exit(1);
});

// Setting the code and returning, not exiting, lets long output reach its pipe.
process.exitCode = await moonflow(process.argv.slice(2));
