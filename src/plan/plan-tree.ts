import type { HostView } from '../domain/host-view.ts';
import type { Profile } from '../domain/profile.ts';
import type { DomainRecord } from '../domain/record.ts';
import type { Plan, Section } from '../manifest/plan.ts';
import { assemblePlan } from './assemble-plan.ts';
import { chooseAccounts, chooseSystemAccounts, findOwner } from './choose-accounts.ts';
import type { EtcTemplates } from './etc-templates.ts';
import { listHostNames } from './find-foreign-name.ts';
import { leaveOutDomains } from './leave-out-domains.ts';
import { planAccounts } from './plan-accounts.ts';
import { planDirectories } from './plan-directories.ts';
import { planDomainEtc } from './plan-domain-etc.ts';
import { planHomes } from './plan-homes.ts';
import { type PlannedEtc, planHostEtc } from './plan-host-etc.ts';
import { planLayer } from './plan-layer.ts';
import { planLog } from './plan-log.ts';
import { type PlannedPam, planPam } from './plan-pam.ts';
import { planWeb } from './plan-web.ts';

/** All that planning needs of a host for one choice of profiles. */
export interface TreeFacts {
  readonly host: HostView;
  /** The chosen profiles as one, nothing left to extend. */
  readonly profile: Profile;
  readonly templates: EtcTemplates;
  /** The files of each package the profile names. */
  readonly packageFiles: ReadonlyMap<string, readonly string[]>;
  /** The host paths each glob pattern of the profile matches, what it excludes left out. */
  readonly globbed: ReadonlyMap<string, readonly string[]>;
  /** The host path of the syslog socket beside the trees, where there is one. */
  readonly logSocket: string | undefined;
  /** Names of domains that are on this host already: no new tree may name them. */
  readonly otherDomains: readonly string[];
}

/** What all trees of one choice of profiles share on this host. Plain data: it is kept between calls. */
export interface LayerPlan {
  readonly layer: readonly Section[];
  readonly pam: PlannedPam;
  readonly etc: PlannedEtc;
  readonly system: ReturnType<typeof chooseSystemAccounts>;
  /** The shell of the people of a domain. */
  readonly shell: string;
  readonly notices: readonly string[];
}

/** What a layer is planned from: nothing that belongs to one domain, or changes with the domains there are. */
export type LayerFacts = Omit<TreeFacts, 'logSocket' | 'otherDomains'>;

/** Plans what every domain with these profiles shares. Throws what `planLayer` throws. */
export function planTreeLayer(facts: LayerFacts): LayerPlan {
  const { host, profile, templates } = facts;
  const foreign = listHostNames(host);
  const pam = planPam({ services: profile.pam, host, templates, foreign });
  const { sections, inTree, notices } = planLayer({ ...facts, pamModules: pam.modules });
  const etc = planHostEtc({ host, foreign, inTree, shells: profile.shells });
  const system = chooseSystemAccounts({ users: profile.users, groups: profile.groups, host, inTree });
  return {
    layer: sections(system),
    pam,
    etc,
    system,
    shell: ['/bin/bash', '/bin/sh'].find(inTree) ?? '/bin/sh',
    notices: [...notices, ...pam.notices, ...etc.notices, ...system.notices],
  };
}

/** Plans the trees of new domains on their layer. Throws BAD_USER_NAME, BAD_CONFIG, BAD_PROFILE. */
export function planTreesOn(planned: LayerPlan, facts: TreeFacts): (record: TreeRecord) => Plan {
  const domains = new Set(facts.otherDomains);
  const pam = leaveOutDomains(planned.pam.entries, domains);
  const hostEtc = leaveOutDomains(planned.etc.entries, domains);
  const notices = [...planned.notices, ...pam.notices, ...hostEtc.notices, ...logNotice(facts)];
  const foreign = listHostNames(facts.host);
  return (record) => {
    const { host, profile, templates, logSocket } = facts;
    const accounts = chooseAccounts({
      system: planned.system,
      admin: record.admin,
      uids: record.uids,
      shell: planned.shell,
    });
    const fromHost = { entries: hostEtc.entries, notices: [] };
    const etc = planDomainEtc({ ...record, host, templates, foreign, otherDomains: domains, fromHost });
    const own: Section[] = [
      {
        name: 'accounts',
        entries: [
          ...planAccounts({ accounts }),
          ...etc.entries,
          ...pam.entries,
          ...planHomes({ admin: record.admin, accounts, etc: etc.entries }),
          ...planDirectories(profile, accounts),
        ],
      },
      { name: 'devices', entries: planLog({ socket: logSocket }) },
      { name: 'web', entries: planWeb({ owner: findOwner(accounts, 'webmaster', 'www') }) },
    ];
    return assemblePlan(planned.layer, own, [...notices, ...etc.notices]);
  };
}

/** What a tree takes from its domain's record. */
export type TreeRecord = Pick<DomainRecord, 'domain' | 'aliases' | 'addresses' | 'admin' | 'uids'>;

function logNotice({ logSocket }: TreeFacts): string[] {
  if (logSocket !== undefined) return [];
  return [
    'no socket named log beside the trees: what programs in the tree send to syslog is lost until the syslog daemon listens there too',
  ];
}
