import { parseDomainName } from '../../src/domain/domain-name.ts';
import { type RenamedDomain, type RenameRequest, renameDomain } from '../../src/pipeline/rename-domain.ts';
import { one, type Place } from './change-one.ts';
import type { Driver } from './run-driver.ts';

/** What `names-driver.ts` is to do with one.org. */
export interface NamesWords {
  readonly action: 'rename' | 'add aliases' | 'remove aliases' | 'add address' | 'remove address';
  readonly place: Place;
  readonly keepAlias?: boolean | undefined;
}

const script = new URL('names-driver.ts', import.meta.url).pathname;

export function namesDriver(words: NamesWords): Driver {
  return { script, words };
}

/** What a rename is told that is not as usual; `to` is new.org. */
export interface RenameWords {
  readonly from?: string;
  readonly to?: string;
  readonly keepAlias?: boolean | undefined;
  readonly force?: boolean;
}

export function renameOne({ settings, root }: Place, words: RenameWords = {}): Promise<RenamedDomain> {
  const request: RenameRequest = {
    settings,
    root,
    from: parseDomainName(words.from ?? one),
    to: parseDomainName(words.to ?? 'new.org'),
    keepAlias: words.keepAlias ?? false,
    force: words.force ?? false,
    signal: new AbortController().signal,
    onWait: () => {},
  };
  return renameDomain(request);
}
