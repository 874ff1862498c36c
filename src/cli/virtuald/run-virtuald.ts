import { VirtfsError } from '../../errors/virtfs-error.ts';
import { findHandedOver } from '../../host/find-handed-over.ts';
import { readRawWords } from '../../host/read-raw-words.ts';
import { readSettings } from '../../host/read-settings.ts';
import { sayLast } from '../../linux/connection-socket.ts';
import { endProcess } from '../../linux/end-process.ts';
import { openSyslog, type Syslog } from '../../linux/syslog.ts';
import { becomeService } from '../../virtuald/become-service.ts';
import { nameService } from '../../virtuald/decide-arguments.ts';
import { type OneShotPolicy, requireOneShotFlags } from '../../virtuald/one-shot-policy.ts';
import { readConnection } from '../../virtuald/read-connection.ts';
import { type ErrorForm, reportError, withMappedStack } from '../report-error.ts';
import { version } from '../version.ts';
import { writeLine } from '../virtexec/write-line.ts';
import { openVoice } from './own-voice.ts';
import { parseCall, type VirtualdCall } from './parse-call.ts';
import { resolveConf } from './resolve-conf.ts';

export interface VirtualdProcess {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type ServiceCall = Extract<VirtualdCall, { readonly type: 'service' }>;

const form: ErrorForm = { program: 'virtuald', json: false };
const out = (line: string): void => writeLine(1, line);

/**
 * virtuald from its words to the service it becomes, or for as long as it serves. Resolves to the exit status. The only
 * catch-all of the program. Not a word of it reaches a client.
 */
export async function runVirtuald(self: VirtualdProcess): Promise<number> {
  const ident = `virtuald[${process.pid}]`;
  let opened: Syslog | undefined;
  const log = (): Syslog => {
    opened ??= openSyslog({ ident, reconnects: false, patienceMs: 1000 });
    return opened;
  };
  let about = '';
  const err = openVoice(log, () => about);
  const tellAbout = (text: string) => {
    about = `${text}: `;
  };
  try {
    const call = parseCall(self.words, await readKnownFlags(self.words));
    if (call.type === 'service' && isOneShot(self, call))
      return await serveOne(self, call, { ident, log, err, tellAbout });
    return await runOther(self, call);
  } catch (error) {
    return reportError(await withMappedStack(error), err, form);
  }
}

/** The flags of the policy, which the usual line of an inetd.conf has none of. */
async function readKnownFlags(words: readonly string[]) {
  if (!words[0]?.startsWith('-')) return [];
  const { policyFlags } = await import('../../virtuald/policy-keys.ts');
  return policyFlags;
}

function isOneShot({ env }: VirtualdProcess, { policy }: ServiceCall): boolean {
  return !policy.some(([flag]) => flag === 'listen') && findHandedOver(env) === undefined;
}

interface Voices {
  readonly ident: string;
  readonly log: () => Syslog;
  readonly err: (line: string) => void;
  /** Says what the errors to come are about. */
  readonly tellAbout: (text: string) => void;
}

async function serveOne(self: VirtualdProcess, call: ServiceCall, voices: Voices): Promise<number> {
  requireOneShotFlags(call.policy.map(([flag]) => flag));
  requireRoot();
  const { roots, root } = await readSettings(self.env, call.own.root);
  const policy = await readPolicy(call, root);
  const words = readRawWords(self.words).slice(call.programAt);
  const name = call.own.name ?? nameService(words);
  const { ident, log, err, tellAbout } = voices;
  tellAbout(name);
  try {
    const connection = readConnection(0);
    tellAbout(`${name}, client ${connection.peer.address} to ${connection.local.address}`);
    return becomeService({
      roots,
      conf: resolveConf(call.conf, root),
      name,
      connection,
      words,
      policy,
      env: self.env,
      log: log(),
      ident,
    });
  } catch (error) {
    // Halfway in there is no way back: not for what a later import would load, and not for an ordinary end.
    const status = reportError(error, err, form);
    sayLast(0, policy.refusal);
    return endProcess(status);
  }
}

async function readPolicy({ policy }: ServiceCall, root: string): Promise<OneShotPolicy> {
  if (policy.length === 0) return plainPolicy;
  const { readPolicyWords } = await import('./read-policy-words.ts');
  const { completePolicy } = await import('../../virtuald/complete-service.ts');
  return completePolicy(readPolicyWords(policy, root));
}

const plainPolicy: OneShotPolicy = {
  user: undefined,
  nice: undefined,
  limits: [],
  noNewPrivileges: false,
  capabilities: undefined,
  allow: undefined,
  deny: [],
  refusal: new Uint8Array(),
  verbose: false,
};

function requireRoot(): void {
  if (process.geteuid?.() === 0) return;
  throw new VirtfsError('NEEDS_ROOT', {
    what: 'cannot enter a tree',
    why: 'only root may change the root directory of a process',
    mend: 'let root start it: user root in the line of inetd.conf, tcpserver without -u; the service gets another user by --user',
  });
}

async function runOther(self: VirtualdProcess, call: VirtualdCall): Promise<number> {
  switch (call.type) {
    case 'help': {
      const { describeVirtualdHelp } = await import('./describe-virtuald-help.ts');
      const columns = Number(self.env.COLUMNS);
      for (const line of describeVirtualdHelp(columns > 20 ? columns : 80)) out(line);
      return 0;
    }
    case 'version':
      out(`virtuald ${version}`);
      return 0;
    case 'status': {
      const { showStatus } = await import('./show-status.ts');
      return showStatus(call, self.env, out);
    }
    case 'check': {
      const { checkFiles } = await import('./check-files.ts');
      return checkFiles(call, self.env, out);
    }
    case 'config':
    case 'service': {
      requireRoot();
      const { runLasting } = await import('./run-lasting.ts');
      return runLasting(call, self);
    }
  }
}
