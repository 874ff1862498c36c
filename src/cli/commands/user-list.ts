import { escapeLines } from '../../errors/escape-lines.ts';
import { listUsers } from '../../pipeline/list-users.ts';
import { describeTable } from '../describe-table.ts';
import { findUserTree } from '../find-user-tree.ts';
import type { UserListCall } from '../specs/user-specs.ts';

export async function runUserList({ operands, values, io }: UserListCall): Promise<number> {
  const { root, domain } = await findUserTree(io, values.root, operands[0]);
  const all = await listUsers({ root, domain });
  const users = values.all ? all.users : all.users.filter(({ kind }) => kind === 'person');
  if (values.json) io.out(JSON.stringify({ root, domain, users }, undefined, 2));
  else if (values.names) for (const { name } of users) io.out(escapeLines(name));
  else if (users.length === 0)
    io.err(`${domain} has no users of its own. Add one: virtfs user add ${domain} USER`);
  else {
    const columns = [
      { title: 'USER' },
      { title: 'UID', align: 'right' as const },
      { title: 'GROUPS', shrinks: true },
      { title: 'HOME', shrinks: true },
      { title: 'SHELL', shrinks: true },
      { title: 'PASSWORD' },
    ];
    const rows = users.map(({ name, uid, groups, home, shell, password }) => [
      name,
      String(uid),
      groups.join(' '),
      home,
      shell,
      password,
    ]);
    // What reads a pipe wants each row in one line.
    const width = io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY;
    for (const line of describeTable(columns, rows, width)) io.out(line);
  }
  return 0;
}
