import { changePassword } from '../../pipeline/change-password.ts';
import { findUserTree, sayAccountsBusy } from '../find-user-tree.ts';
import type { UserLockCall } from '../specs/user-specs.ts';

export function runUserLock(call: UserLockCall): Promise<number> {
  return run(call, 'lock', 'Locked');
}

export function runUserUnlock(call: UserLockCall): Promise<number> {
  return run(call, 'unlock', 'Unlocked');
}

async function run(
  { operands, values, io }: UserLockCall,
  type: 'lock' | 'unlock',
  done: string,
): Promise<number> {
  const { root, domain } = await findUserTree(io, values.root, operands[0]);
  const changed = await changePassword({
    root,
    domain,
    name: operands[1] ?? '',
    change: { type },
    signal: io.signal,
    onWait: sayAccountsBusy(io, values.quiet, domain),
  });
  if (values.json) io.out(JSON.stringify(changed, undefined, 2));
  else if (!values.quiet)
    io.err(
      changed.changed
        ? `${done} ${changed.name} of ${domain}.`
        : `${changed.name} of ${domain} was so already.`,
    );
  return 0;
}
