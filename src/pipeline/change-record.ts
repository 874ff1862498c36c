import { fsyncSync } from 'node:fs';
import type { DomainName } from '../domain/domain-name.ts';
import type { IpAddress } from '../domain/ip-address.ts';
import type { DomainRecord } from '../domain/record.ts';
import type { Settings } from '../domain/settings.ts';
import { readAliasTarget } from '../engine/alias-links.ts';
import { putStateFile } from '../engine/put-state-file.ts';
import { explainErrno } from '../errors/explain-errno.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { listDomains } from '../host/read-records.ts';
import { symlinkAt, syncFileSystem, unlinkAt } from '../linux/files.ts';
import { changeConfLines } from './change-conf-lines.ts';
import { changeTrees, type OpenTrees } from './change-trees.ts';
import { readTaken, requireFree, requireNoSuchName, type Taken } from './read-taken.ts';
import { requireRecord } from './require-record.ts';

/** Names and addresses. */
export interface Names {
  readonly aliases: readonly DomainName[];
  readonly addresses: readonly IpAddress[];
}

export interface RecordChange {
  readonly settings: Settings;
  /** The root of trees the domain is in, absolute. */
  readonly root: string;
  readonly domain: DomainName;
  /** The record as it is to be. `updated` is seen to here. */
  readonly change: (record: DomainRecord, taken: Taken) => DomainRecord;
  /**
   * Names and addresses whose links and lines are to be as the record says even where it says so already: a call that
   * was killed between the two is completed by its repetition.
   */
  readonly about?: Partial<Names>;
  /** Called when all was checked and nothing is written yet: what it throws leaves all as it is. */
  readonly beforeWrite?: (record: DomainRecord) => Promise<void>;
  readonly signal: AbortSignal;
  /** Told once while another virtfs holds the lock of this root. */
  readonly onWait: () => void;
}

export interface ChangedRecord {
  readonly record: DomainRecord;
  /** What the record has now and had not, and the other way about. */
  readonly added: Names;
  readonly removed: Names;
  /** Alias links that were made or removed, and files of conf lines that were written. */
  readonly links: readonly DomainName[];
  readonly confFiles: readonly string[];
  /** False when all was so already. */
  readonly isChanged: boolean;
  /** Sentences: what is worth knowing. */
  readonly notices: readonly string[];
  /** Sentences: what could not be done and needs a hand. */
  readonly problems: readonly string[];
}

/**
 * Changes the record of one domain, and all in the root of trees that follows from its aliases and addresses: the links,
 * and the lines of the files `conf.SERVICE` that have lines of this domain. The record is written first, and what follows
 * from it can be done again. Links and lines of names and addresses that neither record knew are left alone.
 *
 * Throws DOMAIN_MISSING for a domain without a record, DOMAIN_EXISTS and ADDRESS_TAKEN for what another has, BAD_USAGE for
 * an alias of itself, what `changeTrees` throws, NO_SPACE, READ_ONLY.
 */
export async function changeRecord(request: RecordChange): Promise<ChangedRecord> {
  const { root, domain, signal, onWait, settings } = request;
  return changeTrees({ root, what: 'change a domain', signal, onWait }, async (trees) => {
    const before = await requireRecord(trees.root.path, domain);
    const taken = await readTaken([...new Set([trees.root.path, ...settings.roots])]);
    const after = request.change(before, taken);
    const work = new RecordWork(request, trees, before, after);
    work.requireFree(taken);
    await request.beforeWrite?.(work.after);
    return work.write();
  });
}

class RecordWork {
  readonly after: DomainRecord;
  readonly #before: DomainRecord;
  readonly #request: RecordChange;
  readonly #trees: OpenTrees;
  readonly #added: Names;
  readonly #removed: Names;
  /** What this call is about, whether the record changes or not. */
  readonly #about: Names;

  constructor(request: RecordChange, trees: OpenTrees, before: DomainRecord, after: DomainRecord) {
    this.#request = request;
    this.#trees = trees;
    this.#before = before;
    const aliases = [...new Set(after.aliases)];
    const addresses = [...new Set(after.addresses)];
    const next = { ...after, aliases, addresses };
    const isSame = JSON.stringify(next) === JSON.stringify(before);
    this.after = isSame ? before : { ...next, updated: new Date().toISOString() };
    this.#added = {
      aliases: without(aliases, before.aliases),
      addresses: without(addresses, before.addresses),
    };
    this.#removed = {
      aliases: without(before.aliases, aliases),
      addresses: without(before.addresses, addresses),
    };
    this.#about = {
      aliases: joined(this.#added.aliases, this.#removed.aliases, request.about?.aliases),
      addresses: joined(this.#added.addresses, this.#removed.addresses, request.about?.addresses),
    };
  }

  requireFree(taken: Taken): void {
    const { domain, aliases } = this.after;
    if (aliases.includes(domain)) throw aliasOfItself(domain);
    const others: Taken = {
      ...taken,
      names: new Map([...taken.names].filter(([, owner]) => owner !== domain)),
      addresses: new Map([...taken.addresses].filter(([, owner]) => owner !== domain)),
    };
    requireFree(others, { names: this.#added.aliases, addresses: [] });
    requireFree(others, { names: [], addresses: this.#added.addresses });
    const { fd } = this.#trees.root;
    const wanted = this.#about.aliases.filter((alias) => aliases.includes(alias));
    requireNoSuchName(
      fd,
      wanted.filter((alias) => readAliasTarget(fd, alias) !== domain),
    );
  }

  write(): ChangedRecord {
    const { root, state } = this.#trees;
    const { domain, aliases } = this.after;
    const isRewritten = this.after !== this.#before;
    if (isRewritten) this.#putRecord();
    const links = this.#changeLinks();
    const isAdded = (each: IpAddress) => this.after.addresses.includes(each);
    const conf = changeConfLines(state, {
      roots: [...new Set([root.path, this.#request.root])],
      domain,
      aliases: joined(
        aliases,
        listDomains(root.path).aliases.flatMap((each) => (each.domain === domain ? [each.name] : [])),
      ),
      goneAliases: without(this.#about.aliases, aliases),
      added: this.#about.addresses.filter(isAdded),
      gone: this.#about.addresses.filter((each) => !isAdded(each)),
    });
    return {
      record: this.after,
      added: this.#added,
      removed: this.#removed,
      links: links.changed,
      confFiles: conf.changed,
      isChanged: isRewritten || links.changed.length > 0 || conf.changed.length > 0,
      notices: conf.notices,
      problems: [...links.problems, ...conf.problems],
    };
  }

  #putRecord(): void {
    const { state } = this.#trees;
    const { domain } = this.after;
    putStateFile(state.part('domains'), `${domain}.json`, `${JSON.stringify(this.after, undefined, 2)}\n`);
    try {
      // All that follows can be made from the record, so the record must not be lost.
      syncFileSystem(state.fd);
    } catch (error) {
      throw explainErrno(error, `cannot write the record of ${domain} to the disk`);
    }
  }

  #changeLinks(): { readonly changed: readonly DomainName[]; readonly problems: readonly string[] } {
    const { fd } = this.#trees.root;
    const { domain, aliases } = this.after;
    const missing = aliases.filter((alias) => readAliasTarget(fd, alias) !== domain);
    const gone = without(this.#about.aliases, aliases).filter(
      (alias) => readAliasTarget(fd, alias) === domain,
    );
    const changed: DomainName[] = [];
    const problems: string[] = [];
    try {
      for (const alias of gone) {
        unlinkAt(fd, alias);
        changed.push(alias);
      }
      for (const alias of missing) {
        if (putLink(domain, fd, alias)) changed.push(alias);
        else
          problems.push(
            `something else has the name of the alias ${alias}: move it away, then run the same command again`,
          );
      }
      if (changed.length > 0) fsyncSync(fd);
    } catch (error) {
      throw explainErrno(error, `cannot change the alias links of ${domain}`);
    }
    return { changed, problems };
  }
}

/** False when the name is taken: it was looked at before the record was written, but for aliases this call is not about. */
function putLink(domain: DomainName, fd: number, alias: DomainName): boolean {
  try {
    symlinkAt(domain, fd, alias);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

function without<T>(items: readonly T[], others: readonly T[]): readonly T[] {
  return items.filter((each) => !others.includes(each));
}

function joined<T>(...lists: readonly (readonly T[] | undefined)[]): readonly T[] {
  return [...new Set(lists.flatMap((list) => list ?? []))];
}

function aliasOfItself(domain: DomainName): VirtfsError {
  return new VirtfsError('BAD_USAGE', {
    what: `cannot make ${domain} an alias`,
    why: 'it is the name of the domain itself',
    mend: 'name another alias; to give the domain another name: virtfs rename OLD NEW',
  });
}
