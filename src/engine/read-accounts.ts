import { closeSync } from 'node:fs';
import type { AccountFiles } from '../domain/account-lines.ts';
import { openEtc, readAccountFiles } from './account-files.ts';

/** The accounts of an open tree as they are, without a lock: each file is whole, for all who write them replace them. */
export function readAccounts(treeFd: number): AccountFiles {
  const etcFd = openEtc(treeFd);
  try {
    return readAccountFiles(etcFd);
  } finally {
    closeSync(etcFd);
  }
}
