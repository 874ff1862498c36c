import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from './sandbox.ts';
import { type Server, serve } from './serve.ts';

/** A network service for the domains of a sandbox. */
export interface ServedService {
  readonly port: number;
  /** By address, the domain that answers there. */
  readonly places: Readonly<Record<string, string>>;
  /** The program and its arguments, as inside the trees. */
  readonly program: readonly string[];
  /** Flags of virtuald: `--user www-data`. */
  readonly flags?: readonly string[] | undefined;
}

/** Lets virtuald run a service, and waits until it accepts connections. */
export async function startService(
  { root, installed }: Sandbox,
  { port, places, program, flags = [] }: ServedService,
): Promise<Server> {
  const conf = join(root, `conf.${port}`);
  const lines = Object.entries(places).map(([address, domain]) => `${address} ${join(root, domain)}\n`);
  writeFileSync(conf, lines.join(''));
  const virtuald = join(installed.prefix, 'sbin/virtuald');
  const words = ['--listen', String(port), '--root', root, ...flags, conf, ...program];
  return await serve([virtuald, ...words], port, Object.keys(places)[0]);
}
