import { setImmediate as breathe } from 'node:timers/promises';
import { passwordState } from '../domain/account-password.ts';
import type { DeclaredDomain, DeclaredUser } from '../domain/declared-host.ts';
import type { DomainName } from '../domain/domain-name.ts';
import type { IpAddress } from '../domain/ip-address.ts';
import type { DomainRecord } from '../domain/record.ts';
import type { Settings } from '../domain/settings.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import type {
  HostChange,
  ListChange,
  NewDomain,
  ServicesChange,
  UserChangeStep,
} from '../plan/plan-host-changes.ts';
import { planUserChanges } from '../plan/plan-user-changes.ts';
import { addGroup } from './add-group.ts';
import { addUser } from './add-user.ts';
import { changeLists, type WantedLists } from './change-lists.ts';
import { changeServices } from './change-services.ts';
import { changeUser } from './change-user.ts';
import { createDomains } from './create-domains.ts';
import { type PlacedDomain, readTreeAccounts } from './read-host-state.ts';
import { refreshDomain } from './refresh-domain.ts';
import { removeDomains } from './remove-domains.ts';
import { removeUser } from './remove-user.ts';
import { requireRecord } from './require-record.ts';

export interface ChangerSetting {
  readonly settings: Settings;
  readonly declared: readonly DeclaredDomain[];
  readonly titleOf: (change: HostChange) => string;
  readonly signal: AbortSignal;
  readonly onWait: () => void;
}

/** Changes that are made in one go. */
export interface ChangeGroup {
  readonly title: string;
  /** How many of the plan they are. */
  readonly changes: number;
  readonly run: () => Promise<void>;
}

/** What whoever is root in one tree, or a line somebody wrote, can make fail there; other domains are not to wait for it. */
const ofOneTree: readonly string[] = [
  'ADDRESS_TAKEN',
  'PATH_TAKEN',

  'TREE_UNSAFE',
  'TREE_BROKEN',
  'BUSY',
  'UNKNOWN_USER',
  'USER_EXISTS',
  'USER_FORBIDDEN',
];

/** Makes the changes of a plan, in its order. */
export class HostChanger {
  readonly #setting: ChangerSetting;
  readonly #rootOf: Map<DomainName, string>;
  /** Sentences: what is worth knowing. */
  readonly notices: string[] = [];
  /** Sentences: what failed because of a single domain. */
  readonly problems: string[] = [];

  constructor(setting: ChangerSetting, present: readonly PlacedDomain[]) {
    this.#setting = setting;
    this.#rootOf = new Map(present.map(({ root, record }) => [record.domain, root]));
  }

  /** Names and addresses pass from one domain to another only when all of a root change at once. */
  group(changes: readonly HostChange[]): readonly ChangeGroup[] {
    const lists = changes.filter((change) => change.type === 'change domain');
    const removals = changes.filter(({ type }) => type === 'remove domain');
    const created = new Set(
      changes.flatMap(({ type, domain }) => (type === 'create domain' ? [domain] : [])),
    );
    const others = changes.filter(
      ({ type, domain }) =>
        type !== 'change domain' && type !== 'remove domain' && !isOfNew(type, domain, created),
    );
    const ofNew = (domain: DomainName) =>
      changes.filter((change) => change.domain === domain && isOfNew(change.type, domain, created)).length;
    return [
      ...removals.map((change) => this.#single(change)),
      ...[...Map.groupBy(lists, ({ domain }) => this.#place(domain))].map(([root, own]) =>
        this.#listGroup(root, own),
      ),
      ...others.flatMap((change): ChangeGroup[] => {
        if (change.type !== 'create domain') return [this.#single(change)];
        const users = ofNew(change.domain);
        const title = `users of ${change.domain}`;
        const run = () => this.#guard(change.domain, () => this.#setUpUsers(change.domain));
        return [this.#single(change), ...(users === 0 ? [] : [{ title, changes: users, run }])];
      }),
    ];
  }

  #single(change: HostChange): ChangeGroup {
    const run = () => this.#guard(change.domain, () => this.#run(change));
    return { title: this.#setting.titleOf(change), changes: 1, run };
  }

  #listGroup(
    root: string,
    changes: readonly { readonly domain: DomainName; readonly lists: readonly ListChange[] }[],
  ): ChangeGroup {
    const title =
      changes.length === 1 ? `names and addresses of ${changes[0]?.domain}` : 'names and addresses';
    return {
      title,
      changes: changes.length,
      run: async () => {
        const wanted = changes.map(wantedLists);
        const { records, problems } = await changeLists({ ...this.#quietly(), root, wanted });
        this.problems.push(...problems);
        for (const record of records) await this.#guard(record.domain, () => this.#refresh(root, record));
      },
    };
  }

  async #run(change: HostChange): Promise<void> {
    const { domain } = change;
    switch (change.type) {
      case 'create domain':
        return this.#create(change.make);
      case 'remove domain': {
        const request = { ...this.#quietly(), root: this.#place(domain), domains: [domain] };
        this.notices.push(...(await removeDomains({ ...request, purge: false, force: false })).notices);
        return;
      }
      case 'refresh domain': {
        const root = this.#place(domain);
        return this.#refresh(root, await requireRecord(root, domain));
      }
      case 'change services':
        return this.#changeServices(change);
      case 'change domain':
        throw new Error('changes of lists are made together');
      case 'remove user':
      case 'remove group':
      case 'add group':
      case 'add user':
      case 'change user':
        return this.#runUser(change);
    }
  }

  async #changeServices({ domain, added, removed }: ServicesChange): Promise<void> {
    const request = { ...this.#quietly(), root: this.#place(domain), domain };
    const { notices } = await changeServices({
      ...request,
      enable: added,
      disable: removed,
      asDefault: false,
      dryRun: false,
    });
    this.#note(domain, notices);
  }

  async #runUser(change: UserChangeStep): Promise<void> {
    const { domain } = change;
    const place = { ...this.#quietly(), root: this.#place(domain), domain };
    switch (change.type) {
      case 'remove user':
      // What removes a user removes the group of his name, whether he is there or not.
      case 'remove group':
        this.#note(
          domain,
          (await removeUser({ ...place, name: change.name, home: false, force: false })).notices,
        );
        return;
      case 'add group':
        return addGroup({ ...place, name: change.name, avoid: this.#idsOf(domain) });
      case 'add user':
        return this.#addUser(place, change.user);
      case 'change user': {
        const { name, fullName: gecos, shell, groups, passwordHash } = change.user;
        const isOther = change.fields.some((field) => field.name === 'password');
        return changeUser({
          ...place,
          name,
          gecos,
          shell,
          groups,
          passwordField: isOther ? passwordHash : undefined,
        });
      }
    }
  }

  async #addUser(place: Place, user: DeclaredUser): Promise<void> {
    const { name, fullName, shell, home, uid, groups, passwordHash } = user;
    const isSet = passwordHash !== undefined && passwordState(passwordHash) === 'set';
    const { notices } = await addUser({
      ...place,
      name,
      ...(fullName === undefined ? {} : { gecos: fullName }),
      ...(shell === undefined ? {} : { shell }),
      ...(home === undefined ? {} : { home }),
      ...(uid === undefined ? {} : { uid }),
      ...(groups === undefined ? {} : { groups }),
      // Whoever writes the declaration is root of the host.
      systemGroups: true,
      password: isSet ? { type: 'hash', hash: passwordHash } : { type: 'none' },
    });
    this.#note(`${name} of ${place.domain}`, notices);
    // He is closed until then: at no instant does a locked password open the account.
    if (passwordHash !== undefined && passwordState(passwordHash) === 'locked')
      await changeUser({ ...place, name, passwordField: passwordHash });
  }

  async #create({ domain, profiles, addresses, aliases, admin }: NewDomain): Promise<void> {
    const { settings } = this.#setting;
    const request = { ...this.#quietly(), domains: [domain], profiles, addresses, aliases, admin };
    const { notices } = await createDomains({ ...request, link: settings.link });
    this.#rootOf.set(domain, settings.root);
    this.notices.push(...notices);
  }

  async #refresh(root: string, record: DomainRecord): Promise<void> {
    const { notices, problems } = await refreshDomain({ ...this.#quietly(), root, record });
    this.notices.push(...notices);
    this.problems.push(...problems);
  }

  /** What a new domain's users lack is looked at once it is there. */
  async #setUpUsers(domain: DomainName): Promise<void> {
    const declared = this.#setting.declared.find((each) => each.domain === domain);
    const root = this.#place(domain);
    const record = await requireRecord(root, domain);
    if (declared === undefined) return;
    const accounts = await readTreeAccounts(root, record);
    const { changes } = planUserChanges(declared, accounts, { prune: false, admin: record.admin });
    for (const change of changes) {
      await breathe();
      this.#setting.signal.throwIfAborted();
      await this.#runUser(change);
    }
  }

  async #guard(domain: DomainName, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof VirtfsError) || !ofOneTree.includes(error.code)) throw error;
      this.problems.push(`${domain}: ${error.what}: ${error.why}; ${error.mend}`);
    }
  }

  #note(who: string, notices: readonly string[]): void {
    this.notices.push(...notices.map((notice) => `${who}: ${notice}`));
  }

  #idsOf(domain: DomainName): readonly number[] {
    const declared = this.#setting.declared.find((each) => each.domain === domain);
    return declared?.users.flatMap(({ uid }) => uid ?? []) ?? [];
  }

  #quietly() {
    const { settings, signal, onWait } = this.#setting;
    return { settings, signal, onWait, progress: 'none' } as const;
  }

  #place(domain: DomainName): string {
    const root = this.#rootOf.get(domain);
    if (root === undefined) throw new Error(`nobody knows the root of ${domain}`);
    return root;
  }
}

interface Place {
  readonly root: string;
  readonly domain: DomainName;
  readonly signal: AbortSignal;
  readonly onWait: () => void;
}

/** A change of the users of a domain that is made by this plan. */
function isOfNew(type: HostChange['type'], domain: DomainName, created: ReadonlySet<DomainName>): boolean {
  const isOfUsers = type !== 'create domain' && type !== 'remove domain' && type !== 'change services';
  return isOfUsers && created.has(domain);
}

function wantedLists({
  domain,
  lists,
}: {
  readonly domain: DomainName;
  readonly lists: readonly ListChange[];
}): WantedLists {
  const wanted = Object.fromEntries(lists.map(({ name, to }) => [name, to])) as {
    readonly profiles?: readonly string[];
    readonly addresses?: readonly IpAddress[];
    readonly aliases?: readonly DomainName[];
  };
  return { domain, ...wanted };
}
