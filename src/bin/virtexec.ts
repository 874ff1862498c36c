import { readStdioFlags } from '../host/read-stdio-flags.ts';

// Before all else is loaded: what makes Node open one of its own streams, a warning is enough, or importing
// node:process as a module, makes a pipe non-blocking for everyone at it, the program to come included.
const stdio = readStdioFlags();
const [, script = 'virtexec', ...words] = process.argv;

// Not awaited: a module that does not wait can be loaded at once. And it exits without another turn of the event
// loop, which would not survive half an isolation.
void import('../cli/virtexec/run-virtexec.ts')
  .then(({ runVirtexec }) => runVirtexec({ script, words, env: process.env, stdio }))
  .then((status) => process.exit(status));
