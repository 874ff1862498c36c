// The global `process`, here and wherever a start counts: the module node:process opens all three streams, 3 ms.
import { version } from '../cli/version.ts';

const words = process.argv.slice(2);

// Answered here, where nothing is loaded yet.
if (words[0] === '--version' || words[0] === '-V') {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 141 : 74));
  process.stdout.write(`virtfs ${version}\n`);
} else {
  // No await here: bundled, this is CommonJS.
  void import('../cli/run-process.ts').then(({ runProcess }) => runProcess(words, process.env));
}
