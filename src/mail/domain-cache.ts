import { type AccountIndex, indexAccounts, indexMembers, type MemberIndex } from '../domain/account-index.ts';
import { parseRecordMail, type RecordMail } from '../domain/parse-record-mail.ts';
import { TreeFileCache } from '../engine/tree-file-cache.ts';
import { type ParsedAliases, parseAliases } from './parse-aliases.ts';

/** As much as virtexec reads: far beyond the largest passwd a domain could fill its ids with. */
const mostAccountBytes = 8 * 1024 * 1024;
const mostAliasBytes = 1024 * 1024;
const mostRecordBytes = 1024 * 1024;

/** Files that are kept, all domains together. What is made of them takes some times as much. */
const mostKeptBytes = 32 * 1024 * 1024;
const mostKept = 2000;

/** What is kept of one domain. */
export interface CachedDomain {
  /** Below the root of trees. */
  readonly record: TreeFileCache<RecordMail | undefined>;
  /** Below the tree. */
  readonly passwd: TreeFileCache<AccountIndex>;
  readonly group: TreeFileCache<MemberIndex>;
  readonly aliases: TreeFileCache<ParsedAliases>;
}

/** What is kept of domains, those forgotten first that were asked about longest ago. */
export class DomainCache {
  readonly #kept = new Map<string, CachedDomain>();

  /** What is kept of `domain`, nothing of it when it is new here. `root` is the path of its root. */
  of(root: string, domain: string): CachedDomain {
    this.#trim();
    const key = `${root}/${domain}`;
    const known = this.#kept.get(key) ?? makeCached(root, domain);
    this.#kept.delete(key);
    this.#kept.set(key, known);
    return known;
  }

  /** What was read since the last call counts too. */
  #trim(): void {
    let bytes = 0;
    for (const each of this.#kept.values()) bytes += bytesOf(each);
    for (const [key, each] of this.#kept) {
      if (bytes <= mostKeptBytes && this.#kept.size <= mostKept) return;
      bytes -= bytesOf(each);
      this.#kept.delete(key);
    }
  }
}

function makeCached(root: string, domain: string): CachedDomain {
  const record = `.virtfs/domains/${domain}.json`;
  return {
    record: new TreeFileCache(record, mostRecordBytes, (text) =>
      // A tree made by hand has none.
      text === '' ? undefined : parseRecordMail(text, `${root}/${record}`),
    ),
    passwd: new TreeFileCache('etc/passwd', mostAccountBytes, indexAccounts),
    group: new TreeFileCache('etc/group', mostAccountBytes, indexMembers),
    aliases: new TreeFileCache('etc/aliases', mostAliasBytes, parseAliases),
  };
}

function bytesOf({ record, passwd, group, aliases }: CachedDomain): number {
  return record.bytes + passwd.bytes + group.bytes + aliases.bytes;
}
