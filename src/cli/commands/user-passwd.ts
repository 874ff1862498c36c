import { parseKnownUserName } from '../../domain/parse-user-name.ts';
import { changePassword } from '../../pipeline/change-password.ts';
import { showUser } from '../../pipeline/list-users.ts';
import { findUserTree, sayAccountsBusy } from '../find-user-tree.ts';
import { readNewPassword } from '../read-new-password.ts';
import type { UserPasswdCall } from '../specs/user-specs.ts';

export async function runUserPasswd({ operands, values, io }: UserPasswdCall): Promise<number> {
  const { root, domain } = await findUserTree(io, values.root, operands[0]);
  const name = parseKnownUserName(operands[1] ?? '');
  // Nobody should type a password twice for a user who is not there.
  await showUser({ root, domain, name });
  const text = await readNewPassword(io, {
    user: name,
    stdin: values['password-stdin'] ?? false,
    optional: false,
  });
  const changed = await changePassword({
    root,
    domain,
    name,
    change: { type: 'plain', text: text ?? '' },
    signal: io.signal,
    onWait: sayAccountsBusy(io, values.quiet, domain),
  });
  if (values.json) io.out(JSON.stringify(changed, undefined, 2));
  else if (!values.quiet) io.err(`Set the password of ${name} of ${domain}.`);
  return 0;
}
