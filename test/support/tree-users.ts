import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { parseDomainName } from '../../src/domain/domain-name.ts';
import { VirtfsError } from '../../src/errors/virtfs-error.ts';
import { addUser } from '../../src/pipeline/add-user.ts';
import { changePassword, type PasswordRequest } from '../../src/pipeline/change-password.ts';
import { removeUser } from '../../src/pipeline/remove-user.ts';
import type { AddUserRequest, RemoveUserRequest } from '../../src/pipeline/user-request.ts';
import { create } from './run-create.ts';
import { makeSandbox, removeSandbox, type Sandbox, sandboxTest } from './trees-root.ts';

export const domain = parseDomainName('foo.bar.com');
/** The shape of a hash. */
export const someHash = `$y$j9T$${'a'.repeat(22)}$${'b'.repeat(43)}`;
/** The number the first user gets that is added. */
export const firstUid = 200_002;

/** `test` with a `sandbox` that holds one domain, whose tree is `tree`. */
export const treeTest = sandboxTest.extend<{ tree: string }>({
  tree: [
    async ({ sandbox }, use) => {
      await create({ settings: sandbox.settings, domains: [domain] });
      await use(join(sandbox.root, domain));
    },
    { auto: true },
  ],
});

/** The same for tests of a table, which fixtures do not reach. */
export async function withTree(work: (sandbox: Sandbox, tree: string) => Promise<void>): Promise<void> {
  const sandbox = makeSandbox();
  try {
    await create({ settings: sandbox.settings, domains: [domain] });
    await work(sandbox, join(sandbox.root, domain));
  } finally {
    removeSandbox(sandbox);
  }
}

const common = { domain, signal: new AbortController().signal, onWait: () => {} };

/** Adds bob, who has no password, where nothing else is said. */
export function addBob({ root }: Sandbox, more: Partial<AddUserRequest> = {}) {
  return addUser({ ...common, root, name: 'bob', password: { type: 'none' }, ...more });
}

export function removeBob({ root }: Sandbox, more: Partial<RemoveUserRequest>) {
  return removeUser({ ...common, root, name: 'bob', home: false, force: false, ...more });
}

export function changePasswordOf({ root }: Sandbox, wanted: PasswordRequest['change'], name = 'bob') {
  return changePassword({ ...common, root, name, change: wanted });
}

/** Kind and mode in octal, owner and group. */
export function statOf(tree: string, path: string): string {
  const { mode, uid, gid } = lstatSync(join(tree, path));
  return `${mode.toString(8)} ${uid}:${gid}`;
}

/** The code of the VirtfsError that `work` ends with. */
export async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof VirtfsError) return error.code;
    throw error;
  }
}
