import { parseId } from '../../domain/parse-passwd.ts';
import { parseUserName, whyNotUserName } from '../../domain/parse-user-name.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { addUser } from '../../pipeline/add-user.ts';
import type { AddedUser, AddUserRequest, Password } from '../../pipeline/user-request.ts';
import { badUsage } from '../command-line.ts';
import { findUserTree, sayAccountsBusy, sayNotes } from '../find-user-tree.ts';
import type { Io } from '../io.ts';
import { readNewPassword } from '../read-new-password.ts';
import type { UserAddCall } from '../specs/user-specs.ts';

type Values = UserAddCall['values'];

export async function runUserAdd({ operands, values, io, spec }: UserAddCall): Promise<number> {
  if (values['password-stdin'] && values['no-password'])
    throw badUsage('virtfs', spec, '--password-stdin and --no-password exclude each other');
  const uid = values.uid === undefined ? undefined : parseId(values.uid);
  if (values.uid !== undefined && uid === undefined) throw badUsage('virtfs', spec, '--uid takes a number');
  const { root, domain } = await findUserTree(io, values.root, operands[0]);
  const name = parseUserName(operands[1] ?? (await askName(io, domain)));
  const request: AddUserRequest = {
    root,
    domain,
    name,
    password: await choosePassword(values, io, name),
    ...(values.gecos === undefined ? {} : { gecos: values.gecos }),
    ...(values.shell === undefined ? {} : { shell: values.shell }),
    ...(values.home === undefined ? {} : { home: values.home }),
    ...(uid === undefined ? {} : { uid }),
    groups: namesIn(values.groups),
    systemGroups: values['system-groups'] ?? false,
    mail: !values['no-maildir'],
    dryRun: values['dry-run'] ?? false,
    signal: io.signal,
    onWait: sayAccountsBusy(io, values.quiet, domain),
  };
  const added = await addUser(request);
  if (values.json) io.out(JSON.stringify(added, undefined, 2));
  else if (!values.quiet) await tell(io, added);
  return 0;
}

async function choosePassword(values: Values, io: Io, user: string): Promise<Password> {
  if (values['no-password'] || values['dry-run']) return { type: 'none' };
  const stdin = values['password-stdin'] ?? false;
  const text = await readNewPassword(io, { user, stdin, optional: true });
  return text === undefined ? { type: 'none' } : { type: 'plain', text };
}

async function askName(io: Io, domain: string): Promise<string> {
  if (!io.interactive) {
    throw new VirtfsError('NEEDS_TERMINAL', {
      what: `cannot ask which user to add to ${domain}`,
      why: 'there is no terminal to ask on',
      mend: `name the user: virtfs user add ${domain} USER`,
    });
  }
  const { askOnTerminal } = await import('../ask.ts');
  const ask = await askOnTerminal(io.signal);
  return ask.text({ message: `Name of the new user of ${domain}`, whyNot: whyNotUserName });
}

function namesIn(lists: readonly string[] | undefined): readonly string[] {
  return [...new Set((lists ?? []).flatMap((list) => list.split(',')).filter((name) => name !== ''))];
}

async function tell(io: Io, added: AddedUser): Promise<void> {
  const { domain, name, uid, home, shell, password, dryRun, notices } = added;
  const groups = added.groups.length === 0 ? '' : `, groups ${added.groups.join(' ')}`;
  const facts = `id ${uid}, home ${home}, shell ${shell}${groups}`;
  io.err(`${dryRun ? 'Would add' : 'Added'} the user ${name} to ${domain}: ${facts}.`);
  await sayNotes(io, notices);
  if (password === 'none' && !dryRun)
    io.err(`  The account has no password yet: virtfs user passwd ${domain} ${name}`);
}
