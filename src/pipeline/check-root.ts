import { closeSync } from 'node:fs';
import type { DomainName } from '../domain/domain-name.ts';
import type { DomainRecord } from '../domain/record.ts';
import type { TreesRoot } from '../engine/open-root.ts';
import { isErrno, VirtfsError } from '../errors/virtfs-error.ts';
import { readManifest, type TreeManifest } from '../host/read-manifest.ts';
import { listDomains, readRecord } from '../host/read-records.ts';
import { openDirBeneath } from '../linux/files.ts';
import { statAt } from '../linux/stat-at.ts';
import { type ExpectedFolder, planExpected } from '../manifest/expected-tree.ts';
import type { Finding } from '../manifest/finding.ts';
import type { Layer, ManifestEntry } from '../manifest/manifest.ts';
import { mergeEntries } from '../manifest/parse-manifest.ts';
import { decideAliasDifferences } from '../plan/decide-alias-differences.ts';
import { quotePath } from '../plan/describe-finding.ts';
import type { StoreCheck } from './check-store.ts';
import { checkTree } from './check-tree.ts';
import type { OutdatedFinder } from './find-outdated.ts';
import { SecretFinder } from './find-tree-secrets.ts';
import { FindingList } from './finding-list.ts';

export interface RootPlaces {
  readonly root: TreesRoot;
  /** The root as findings name it. */
  readonly shownRoot: string;
  readonly store: StoreCheck;
  readonly outdated: OutdatedFinder;
  readonly deep: boolean;
  readonly between: () => Promise<void> | undefined;
}

/** How often a domain is looked at again that another virtfs changes meanwhile. */
const mostTries = 3;

/** Checks the domains of one root, whose layers are read once for all of them. */
export class CheckedRoot {
  readonly #places: RootPlaces;
  readonly #layers = new Map<string, Layer>();
  readonly #expected = new WeakMap<Layer, ExpectedFolder>();
  readonly #seen = new WeakSet<ManifestEntry>();

  constructor(places: RootPlaces) {
    this.#places = places;
  }

  /** The findings of one domain, by path; undefined where its tree went away. */
  async check(domain: DomainName): Promise<readonly Finding[] | undefined> {
    for (let tries = 1; ; tries++) {
      const findings = new FindingList({ root: this.#places.shownRoot, domain });
      const before = await this.#read(domain, findings);
      const isThere = await this.#checkTree(domain, before, findings);
      if (!isThere) return undefined;
      if (findings.size === 0 || tries === mostTries) return findings.all();
      const after = await this.#read(domain, new FindingList({ root: this.#places.shownRoot, domain }));
      if (isSameState(before, after)) return findings.all();
    }
  }

  async #read(domain: DomainName, findings: FindingList): Promise<DomainState> {
    const { path } = this.#places.root;
    return {
      record: await orFinding(() => readRecord(path, domain), findings),
      manifest: await orFinding(() => readManifest(path, domain, this.#layers), findings),
    };
  }

  async #checkTree(domain: DomainName, state: DomainState, findings: FindingList): Promise<boolean> {
    const { root, store, outdated, deep, between } = this.#places;
    const fd = openIfThere(root, domain);
    if (fd === undefined) return false;
    try {
      this.#judgeState(domain, state, findings);
      judgeTop(fd, findings, quotePath(`${root.path}/${domain}`.slice(1)));
      const known = typeof state.manifest === 'object' ? state.manifest : undefined;
      const link = typeof state.record === 'object' ? state.record.link : 'copy';
      await checkTree(
        {
          fd,
          link,
          layer: known && this.#expect(known.layer),
          own: known && planExpected(known.manifest.own),
          entries: () => (known === undefined ? new Map() : mergeEntries(known.manifest, known.layer)),
        },
        { store, outdated, deep, findings, between, secrets: new SecretFinder(findings, this.#seen) },
      );
      return true;
    } finally {
      closeSync(fd);
    }
  }

  #expect(layer: Layer): ExpectedFolder {
    const expected = this.#expected.get(layer) ?? planExpected(layer.entries);
    this.#expected.set(layer, expected);
    return expected;
  }

  #judgeState(domain: DomainName, { record, manifest }: DomainState, findings: FindingList): void {
    const mend = `to have it kept right, move it away and make it anew: virtfs create ${domain}`;
    if (record === 'none')
      findings.add({
        kind: 'record',
        path: '',
        what: 'there is no record of it: virtfs did not make this tree',
        mend,
      });
    else if (manifest === 'none')
      findings.add({ kind: 'record', path: '', what: 'nothing says what was laid in this tree' });
    if (typeof record !== 'object') return;
    const { path } = this.#places.root;
    const linked = listDomains(path).aliases.filter((each) => each.domain === domain);
    for (const { alias, is } of decideAliasDifferences(
      record.aliases,
      linked.map(({ name }) => name),
    )) {
      const place = quotePath(`${path}/${alias}`.slice(1));
      if (is === 'not linked') {
        const what = `its alias ${alias} is no link to it in the root of trees`;
        const add = `if nothing else has its name: virtfs alias add ${domain} ${alias}`;
        findings.add({ kind: 'alias', path: '', what, mend: add });
      } else {
        const what = `${alias} is a link to it in the root of trees, and no alias of its record`;
        findings.add({
          kind: 'alias',
          path: '',
          what,
          mend: `virtfs alias add ${domain} ${alias} - or rm ${place}`,
        });
      }
    }
  }
}

/** What is known of a domain; `unreadable` became a finding. */
interface DomainState {
  readonly record: DomainRecord | 'none' | 'unreadable';
  readonly manifest: TreeManifest | 'none' | 'unreadable';
}

async function orFinding<T>(
  read: () => Promise<T | undefined>,
  findings: FindingList,
): Promise<T | 'none' | 'unreadable'> {
  try {
    return (await read()) ?? 'none';
  } catch (error) {
    if (!(error instanceof VirtfsError)) throw error;
    findings.add({ kind: 'record', path: '', what: `${error.what}: ${error.why}`, mend: error.mend });
    return 'unreadable';
  }
}

/** What an update or a rollback writes when it is done. */
function isSameState(a: DomainState, b: DomainState): boolean {
  const text = ({ record, manifest }: DomainState): string =>
    JSON.stringify([record, typeof manifest === 'object' ? manifest.manifest : manifest]);
  return text(a) === text(b);
}

/** The tree's own folder must be root's: who may write it can put any tree in its place. */
function judgeTop(fd: number, findings: FindingList, path: string): void {
  const { uid = 0, gid = 0, mode = 0 } = statAt(fd, '') ?? {};
  const mend = `look at what is in it, then: chown root:root ${path}; chmod go-w ${path}`;
  if (uid !== 0) {
    const what = `the tree’s own folder belongs to user ${uid} and group ${gid}`;
    findings.add({ kind: 'foreign-owner', path: '', what, mend });
  }
  if ((mode & 0o022) !== 0) {
    const what = `others than root may write the tree’s own folder (mode ${mode.toString(8).padStart(4, '0')})`;
    findings.add({ kind: 'foreign-mode', path: '', what, mend });
  }
}

function openIfThere(root: TreesRoot, domain: DomainName): number | undefined {
  try {
    return openDirBeneath(root.fd, domain);
  } catch (error) {
    // Removed, or renamed and its name an alias, since the root was listed.
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].some((code) => isErrno(error, code))) return undefined;
    throw error;
  }
}
