import { VirtfsError } from '../../errors/virtfs-error.ts';
import { removeUser } from '../../pipeline/remove-user.ts';
import type { RemovedUser } from '../../pipeline/user-request.ts';
import { findUserTree, sayAccountsBusy, sayNotes } from '../find-user-tree.ts';
import type { Io } from '../io.ts';
import type { UserRemoveCall } from '../specs/user-specs.ts';

export async function runUserRemove({ operands, values, io }: UserRemoveCall): Promise<number> {
  const { root, domain } = await findUserTree(io, values.root, operands[0]);
  const request = {
    root,
    domain,
    name: operands[1] ?? '',
    home: values.home ?? false,
    force: values.force ?? false,
    signal: io.signal,
    onWait: sayAccountsBusy(io, values.quiet, domain),
  };
  if (!values['dry-run'] && values.home && !values.yes) {
    const foreseen = await removeUser({ ...request, dryRun: true });
    if (foreseen.homeIs === 'removed' && !(await isMeant(io, foreseen))) {
      io.err('Nothing was removed.');
      return 0;
    }
  }
  const removed = await removeUser({ ...request, dryRun: values['dry-run'] ?? false });
  if (values.json) io.out(JSON.stringify(removed, undefined, 2));
  else if (!values.quiet) await tell(io, removed);
  return 0;
}

async function isMeant(io: Io, { domain, name, home }: RemovedUser): Promise<boolean> {
  if (!io.interactive) {
    throw new VirtfsError('NEEDS_TERMINAL', {
      what: `cannot ask whether the home of ${name} is to go`,
      why: 'there is no terminal to ask on',
      mend: `say so: virtfs user remove --home --yes ${domain} ${name}`,
    });
  }
  const { askOnTerminal } = await import('../ask.ts');
  const ask = await askOnTerminal(io.signal);
  const { escapeLines } = await import('../../errors/escape-lines.ts');
  return ask.yes(`Remove ${name} of ${domain} with all that is in ${escapeLines(home ?? '')}?`);
}

async function tell(io: Io, { domain, name, home, homeIs, dryRun, notices }: RemovedUser): Promise<void> {
  const { escapeLines } = await import('../../errors/escape-lines.ts');
  const path = escapeLines(home ?? '');
  const words = { removed: ` with the home ${path}`, kept: `; the home ${path} stays`, missing: '' };
  io.err(`${dryRun ? 'Would remove' : 'Removed'} the user ${name} of ${domain}${words[homeIs]}.`);
  await sayNotes(io, notices);
}
