import { enterTree } from '../../engine/enter-tree.ts';
import { runInside } from '../../engine/run-inside.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { readCallerOpenFiles } from '../../host/read-caller-open-files.ts';
import { readRawWords } from '../../host/read-raw-words.ts';
import { readSettings } from '../../host/read-settings.ts';
import { endProcess } from '../../linux/end-process.ts';
import { type ErrorForm, reportError, withMappedStack } from '../report-error.ts';
import { version } from '../version.ts';
import { findTree } from './find-tree.ts';
import { parseCall, type VirtexecCall } from './parse-call.ts';
import { parseLinkName } from './parse-link-name.ts';
import { insidePath, planEnvironment } from './plan-environment.ts';
import { writeLine } from './write-line.ts';

export interface VirtexecProcess {
  /** The path virtexec was called by: its last name may be that of a link. */
  readonly script: string;
  /** The words behind it. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Flags of standard input, output and error, from before Node could change them. */
  readonly stdio: readonly (number | undefined)[];
}

const form: ErrorForm = { program: 'virtexec', json: false };
const out = (line: string): void => writeLine(1, line);
const err = (line: string): void => writeLine(2, line);

/**
 * virtexec from its words to the program it becomes. Resolves, to the exit status, only when there was something else
 * to do or something failed. The only catch-all of the program.
 */
export async function runVirtexec(self: VirtexecProcess): Promise<number> {
  try {
    const linkProgram = parseLinkName(self.script);
    if (linkProgram !== undefined) return await run(self, linkCall, linkProgram);
    const call = parseCall(self.words);
    switch (call.type) {
      case 'help':
        return await showHelp(self);
      case 'version':
        out(`virtexec ${version}`);
        return 0;
      case 'links':
        return await makeLinks(self, call.dir);
      case 'run':
        return await run(self, call, undefined);
    }
  } catch (error) {
    return reportError(await withMappedStack(error), err, form);
  }
}

type RunCall = Extract<VirtexecCall, { readonly type: 'run' }>;

/** By a link's name not one word is ours. */
const linkCall: RunCall = {
  type: 'run',
  domain: undefined,
  root: undefined,
  user: undefined,
  yes: false,
  programAt: 0,
};

async function run(self: VirtexecProcess, call: RunCall, linkProgram: string | undefined): Promise<number> {
  requireRoot();
  const { words, env } = self;
  const program = linkProgram ?? words[call.programAt] ?? '';
  const { roots } = await readSettings(env, call.root);
  const domain = call.domain ?? (env.VIRTFS_DOMAIN || undefined);
  const found = await findTree({ roots, domain, yes: call.yes, program });
  if (linkProgram === 'newuser') {
    const { hasOwnNewuser, runUserAddFor } = await import('./find-newuser.ts');
    if (!hasOwnNewuser(found)) return runUserAddFor(found, words, env);
  }
  const raw = readRawWords(words).slice(call.programAt);
  const [name = Buffer.of(), ...args] = linkProgram === undefined ? raw : [Buffer.from(program), ...raw];
  const openFiles = readCallerOpenFiles();
  try {
    const { account } = enterTree({ ...found, user: call.user, openFiles, stdio: self.stdio });
    return runInside({ name, args, env: planEnvironment(env, account, found.domain), path: insidePath });
  } catch (error) {
    // Halfway in there is no way back: not for what a later import would load, and not for an ordinary end.
    return endProcess(reportError(error, err, form));
  }
}

function requireRoot(): void {
  if (process.geteuid?.() === 0) return;
  throw new VirtfsError('NEEDS_ROOT', {
    what: 'cannot enter a tree',
    why: 'only root may change the root directory of a process',
    mend: 'call it as root: sudo virtexec … - programs inside can be run as a user of the domain: --user USER',
  });
}

async function showHelp({ env }: VirtexecProcess): Promise<number> {
  const { describeVirtexecHelp } = await import('./describe-virtexec-help.ts');
  const columns = Number(env.COLUMNS);
  for (const line of describeVirtexecHelp(columns > 20 ? columns : 80)) out(line);
  return 0;
}

async function makeLinks({ script }: VirtexecProcess, dir: string | undefined): Promise<number> {
  const { putLinks } = await import('./put-links.ts');
  for (const { path, target, result } of putLinks(script, dir)) {
    out(`${path} -> ${target}${result === 'kept' ? ' (was there)' : ''}`);
  }
  return 0;
}
