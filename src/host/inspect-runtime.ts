import type { RuntimeFacts } from '../domain/machine-facts.ts';
import { hashPassword } from '../linux/crypt.ts';
import { findProgram } from './find-program.ts';

/** Node.js, libcrypt and strace, as this process has them. `path` is a search path. */
export function inspectRuntime(path: string | undefined): RuntimeFacts {
  const hash = hashPassword(Buffer.from('trial'));
  const passwords = hash?.startsWith('$y$') ? 'yescrypt' : hash === undefined ? 'none' : 'sha512crypt';
  return { node: process.versions.node, passwords, strace: findProgram('strace', path) };
}
