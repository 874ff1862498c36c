import { parseDomainName } from '../../src/domain/domain-name.ts';
import { addUser } from '../../src/pipeline/add-user.ts';
import { changePassword } from '../../src/pipeline/change-password.ts';
import { removeUser } from '../../src/pipeline/remove-user.ts';

/** What is to be done with the users of a domain. */
export interface UserWords {
  readonly action: 'add' | 'remove' | 'passwd';
  readonly root: string;
  readonly domain: string;
  readonly name: string;
  readonly hash: string;
  readonly groups?: readonly string[];
}

export function runUserWords(
  { action, domain, hash, ...words }: UserWords,
  signal = new AbortController().signal,
): Promise<unknown> {
  const request = { ...words, domain: parseDomainName(domain), signal, onWait: () => {} };
  const password = { type: 'hash', hash } as const;
  switch (action) {
    case 'add':
      return addUser({ ...request, password });
    case 'remove':
      return removeUser({ ...request, home: true, force: false });
    case 'passwd':
      return changePassword({ ...request, change: password });
  }
}
