import { closeSync, constants, openSync } from 'node:fs';
import type { MailboxPlace } from '../engine/maildir/mailbox-delivery.ts';
import { openHome } from '../engine/maildir/open-home.ts';
import { openTreesRoot, TreesRoot } from '../engine/open-root.ts';
import { openTree } from '../engine/open-tree.ts';
import { withFileIdentity } from '../linux/file-identity.ts';
import type { Mailbox } from './mail-types.ts';

/** The way to a mailbox, as the one it belongs to. */
export interface MailboxDoor {
  /** Goes there and does `work`, all of it before it returns. */
  readonly enter: <T>(work: (place: MailboxPlace) => T) => T;
  /** Does more with what was opened there. */
  readonly again: <T>(work: () => T) => T;
}

/** For root: into a tree, which is opened afresh, with the user's permissions from its root directory on. */
export function doorOf(mailbox: Mailbox): MailboxDoor {
  return {
    enter: (work) => {
      const tree = openTreeOf(mailbox);
      try {
        const { uid, folder, quota, home } = mailbox;
        const place = { uid, folder, quota, openHome: () => openHome(tree, home) };
        return withFileIdentity(mailbox, () => work(place));
      } finally {
        closeSync(tree);
      }
    },
    again: (work) => withFileIdentity(mailbox, work),
  };
}

/** For a process that is the user already: `home` is a path of what it sees. */
export function doorOfSelf(home: string, uid: number): MailboxDoor {
  const open = () => openSync(home, constants.O_RDONLY | constants.O_DIRECTORY);
  return {
    enter: (work) => work({ uid, folder: undefined, quota: undefined, openHome: open }),
    again: (work) => work(),
  };
}

/** Nobody but root can have come to own a folder above a root of trees since: its check is believed for so long. */
const checkedForMs = 5000;
const checked = new Map<string, { readonly path: string; readonly until: number }>();

/** The root of trees is opened afresh each time: held, it could not be unmounted. */
function openTreeOf({ root, domain }: Mailbox): number {
  using trees = openKnownRoot(root) ?? openTreesRoot(root, { make: false });
  if (!checked.has(root)) checked.set(root, { path: trees.path, until: performance.now() + checkedForMs });
  return openTree(trees, domain);
}

function openKnownRoot(root: string): TreesRoot | undefined {
  const known = checked.get(root);
  if (known !== undefined && performance.now() < known.until) {
    try {
      const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
      return new TreesRoot(known.path, openSync(known.path, flags));
    } catch {
      // What is wrong with it, who looks at all of it can say.
    }
  }
  checked.delete(root);
  return undefined;
}
