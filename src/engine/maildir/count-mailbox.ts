import { closeSync } from 'node:fs';
import { isErrno } from '../../errors/virtfs-error.ts';
import { openDirBeneath } from '../../linux/files.ts';
import { listDir } from '../../linux/list-dir.ts';
import { statAt } from '../../linux/stat-at.ts';
import type { MaildirUsage } from './maildirsize.ts';
import { readSizeOfName } from './message-name.ts';
import { NotAMaildir } from './not-a-maildir.ts';

/** A mailbox its owner filled with more is not counted: other people's mail waits meanwhile. */
const mostNames = 500_000;
const mostFolders = 10_000;

/**
 * Counts the messages in `new` and `cur` of the inbox and of all folders of the open maildir, as Maildir++ does: not in
 * the trash, and none marked as trashed. A name tells the size, or the file does. Folders that are links are not entered.
 * Throws NotAMaildir when there are too many names, and the system's errors.
 */
export function countMailbox(root: number): MaildirUsage {
  const folders = listDir(root, mostFolders)
    .map(({ name }) => name)
    .filter((name) => name.startsWith('.') && name !== '.Trash');
  if (folders.length > mostFolders) throw tooMany();
  const count = { bytes: 0, messages: 0, left: mostNames };
  for (const folder of ['', ...folders]) {
    for (const part of ['new', 'cur']) addFolder(root, folder === '' ? part : `${folder}/${part}`, count);
  }
  return { bytes: count.bytes, messages: count.messages };
}

interface Count {
  bytes: number;
  messages: number;
  left: number;
}

function addFolder(root: number, path: string, count: Count): void {
  const fd = openUnlessOther(root, path);
  if (fd === undefined) return;
  try {
    const names = listDir(fd, count.left);
    count.left -= names.length;
    if (count.left <= 0) throw tooMany();
    for (const { name } of names) addMessage(fd, name, count);
  } finally {
    closeSync(fd);
  }
}

function addMessage(fd: number, name: string, count: Count): void {
  if (name.startsWith('.') || /:2,[A-Z]*T[A-Z]*$/u.test(name)) return;
  const size = readSizeOfName(name) ?? statAt(fd, name)?.size;
  // A reader removed or renamed it between.
  if (size === undefined) return;
  count.bytes += size;
  count.messages += 1;
}

function openUnlessOther(root: number, path: string): number | undefined {
  try {
    return openDirBeneath(root, path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES'].some((code) => isErrno(error, code))) return undefined;
    throw error;
  }
}

function tooMany(): NotAMaildir {
  return new NotAMaildir('the mailbox holds too many names to be counted');
}
