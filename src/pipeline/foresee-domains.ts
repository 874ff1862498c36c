import type { Accounts } from '../domain/account.ts';
import type { AccountFileName, AccountFiles } from '../domain/account-lines.ts';
import { chooseUidRange } from '../domain/choose-uid-range.ts';
import type { DomainName } from '../domain/domain-name.ts';
import type { UidRange } from '../domain/record.ts';
import type { Settings } from '../domain/settings.ts';
import { listTreeAccounts, type TreeAccounts } from '../domain/tree-accounts.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { listHostIds } from '../host/list-host-ids.ts';
import { readTrashedRecords } from '../host/read-trash.ts';
import { chooseAccounts } from '../plan/choose-accounts.ts';
import { planAccounts } from '../plan/plan-accounts.ts';
import type { NewDomain } from '../plan/plan-host-changes.ts';
import { type LayerPlan, planTreeLayer } from '../plan/plan-tree.ts';
import { inspectHost } from './inspect-host.ts';
import { readTaken } from './read-taken.ts';

export interface ForeseenDomains {
  /** Who will be in the tree of each. */
  readonly foreseen: ReadonlyMap<DomainName, TreeAccounts>;
  /** Sentences: why one cannot be made, or cannot have the profiles. */
  readonly mistakes: readonly string[];
}

/** A domain that is there, and the profiles it is to have. */
export interface NewProfiles {
  readonly domain: DomainName;
  readonly profiles: readonly string[];
}

/**
 * Plans new domains as far as their users go, and the profiles others are to have, so that what would fail is known
 * before anything changes. Their ids are those they will get, when they are made in this order and nothing comes between.
 */
export async function foreseeDomains(
  settings: Settings,
  made: readonly NewDomain[],
  changed: readonly NewProfiles[],
): Promise<ForeseenDomains> {
  const foreseen = new Map<DomainName, TreeAccounts>();
  const mistakes: string[] = [];
  if (made.length + changed.length === 0) return { foreseen, mistakes };
  const layers = new Map<string, LayerPlan | string>();
  const layerOf = async ({ domain, profiles }: NewProfiles): Promise<LayerPlan | undefined> => {
    const key = profiles.join('\n');
    const layer = layers.get(key) ?? (await planLayerOf(settings, profiles));
    layers.set(key, layer);
    if (typeof layer !== 'string') return layer;
    mistakes.push(`${domain}: ${layer}`);
    return undefined;
  };
  for (const each of changed) await layerOf(each);
  const nextRange = made.length === 0 ? undefined : await openRanges(settings);
  for (const each of made) {
    const layer = await layerOf(each);
    const known = tried(() => nextRange?.());
    if (layer === undefined || known === undefined) continue;
    const accounts =
      typeof known === 'string' ? known : tried(() => foreseeAccounts(layer, each.admin, known));
    if (typeof accounts === 'string') mistakes.push(`${each.domain}: ${accounts}`);
    else foreseen.set(each.domain, accounts);
  }
  return { foreseen, mistakes };
}

async function planLayerOf(settings: Settings, profiles: readonly string[]): Promise<LayerPlan | string> {
  try {
    const inspection = await inspectHost(settings, profiles, []);
    return inspection.known?.plan ?? planTreeLayer(inspection);
  } catch (error) {
    return sentenceOf(error);
  }
}

/** Gives one range after the other, as `createDomains` will. */
async function openRanges({ roots, uidFirst, uidCount }: Settings): Promise<() => UidRange> {
  const trashed = (await Promise.all(roots.map(readTrashedRecords))).flat();
  const given = [...(await readTaken(roots)).records, ...trashed].map(({ uids }) => uids);
  const hostIds = listHostIds();
  return () => {
    const range = chooseUidRange(given, hostIds, { first: uidFirst, count: uidCount });
    given.push(range);
    return range;
  };
}

function foreseeAccounts({ system, shell }: LayerPlan, admin: string, uids: UidRange): TreeAccounts {
  return listTreeAccounts(filesOf(chooseAccounts({ system, admin, uids, shell })), uids, shell);
}

function filesOf(accounts: Accounts): AccountFiles {
  const texts = new Map(
    planAccounts({ accounts }).map((entry) => [
      entry.path as string,
      entry.type === 'file' && 'text' in entry.source ? entry.source.text : '',
    ]),
  );
  const textOf = (name: AccountFileName) => texts.get(`etc/${name}`) ?? '';
  return {
    passwd: textOf('passwd'),
    group: textOf('group'),
    shadow: textOf('shadow'),
    gshadow: textOf('gshadow'),
  };
}

function tried<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    return sentenceOf(error);
  }
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof VirtfsError)) throw error;
  return `${error.what}: ${error.why} (${error.mend})`;
}
