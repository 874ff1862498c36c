import { join, resolve } from 'node:path';
import { findHandedOver } from '../../host/find-handed-over.ts';
import { readSettings } from '../../host/read-settings.ts';
import { completeService, standardGraceMs, standardStatusSocket } from '../../virtuald/complete-service.ts';
import { nameService } from '../../virtuald/decide-arguments.ts';
import { readServiceFile } from '../../virtuald/read-service-file.ts';
import { serve } from '../../virtuald/serve.ts';
import type { Served } from '../../virtuald/serve-request.ts';
import { badUsage, type VirtualdCall } from './parse-call.ts';
import { readPolicyWords } from './read-policy-words.ts';
import { resolveConf } from './resolve-conf.ts';

export type LastingCall = Extract<VirtualdCall, { readonly type: 'service' | 'config' }>;

export interface LastingProcess {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Serves as the words or the configuration say, until TERM. Resolves to the exit status. */
export async function runLasting(call: LastingCall, { words, env }: LastingProcess): Promise<number> {
  const { root, roots, configDir } = await readSettings(env, call.own.root);
  const handedOver = findHandedOver(env);
  const { verbose } = call.own;
  const common = { root, roots, handedOver, verbose, env };
  if (call.type === 'service') {
    const served = planService(call, words.slice(call.programAt), root);
    return serve({ ...common, served, reread: undefined });
  }
  if (handedOver === 'inetd')
    throw badUsage('--config does not take the socket of inetd: its line names CONF and PROGRAM');
  const file = call.config === undefined ? join(configDir, 'virtuald.toml') : resolve(call.config);
  const reread = () => readServiceFile(file, root);
  return serve({ ...common, served: await reread(), reread });
}

/** The one service that words ask for. */
function planService(
  { conf, own, policy }: Extract<LastingCall, { readonly type: 'service' }>,
  words: readonly string[],
  root: string,
): Served {
  const said = readPolicyWords(policy, root);
  const [program, ...args] = words;
  if (program === undefined) throw badUsage('it needs the PROGRAM to run');
  const name = own.name ?? nameService(words.map((word) => Buffer.from(word)));
  const service = completeService(
    { name, program: [program, ...args], root },
    { ...said, conf: resolveConf(conf, root) },
  );
  const { graceMs = standardGraceMs, statusSocket = standardStatusSocket } = said;
  return { services: [service], graceMs, statusSocket };
}
