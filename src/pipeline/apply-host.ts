import { setImmediate as breathe } from 'node:timers/promises';
import type { DeclaredDomain } from '../domain/declared-host.ts';
import { describeMistakes } from '../domain/describe-mistakes.ts';
import type { DomainName } from '../domain/domain-name.ts';
import type { Settings } from '../domain/settings.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { readTrash } from '../host/read-trash.ts';
import { readVirtualdFile } from '../host/read-virtuald-services.ts';
import { describeDeclaredMistakes } from '../plan/describe-declared-mistakes.ts';
import { type HostPlan, planHostChanges, planNewDomain } from '../plan/plan-host-changes.ts';
import { requireRoot } from './change-trees.ts';
import { foreseeDomains } from './foresee-domains.ts';
import { findPlace, listTreeUsers } from './free-tree.ts';
import { HostChanger } from './host-changer.ts';
import { type HostState, type PlacedDomain, readHostState } from './read-host-state.ts';
import { type Progress, runTasks, type Step } from './run-tasks.ts';

export interface ApplyRequest {
  readonly settings: Settings;
  readonly declared: readonly DeclaredDomain[];
  /** How the declaration is called, for messages. */
  readonly name: string;
  /** Remove what is not declared: domains to the trash, users without their homes. */
  readonly prune: boolean;
  readonly dryRun: boolean;
  readonly progress: Progress;
  /** Each change is a step of its own; else one step counts them. */
  readonly isEachShown: boolean;
  /** How a change reads as the title of a step. */
  readonly titleOf: (change: HostPlan['changes'][number]) => string;
  /** Told of the plan before anything changes; false leaves all as it is. */
  readonly onPlan: (plan: HostPlan) => Promise<boolean>;
  /** Told how many changes are made, when the work ends before its end. */
  readonly onStopped: (made: number, of: number) => void;
  readonly signal: AbortSignal;
  /** Told once while another virtfs holds a lock. */
  readonly onWait: () => void;
}

export interface ApplyResult extends HostPlan {
  readonly dryRun: boolean;
  /** False where nothing was changed. */
  readonly isMade: boolean;
  /** Sentences: what failed because of a single domain, and needs a hand. */
  readonly problems: readonly string[];
}

/**
 * Brings the domains and users of this host to what is declared, one change after another. What would fail is looked for
 * before the first: then nothing is changed. Stopped at any moment, doing it again goes on from there; when all is as
 * declared it changes nothing. Throws NEEDS_ROOT, BAD_CONFIG with every mistake, what the changes throw.
 */
export async function applyHost(request: ApplyRequest): Promise<ApplyResult> {
  requireRoot('change domains');
  const { declared, prune, dryRun, signal } = request;
  const withPeople = new Set(
    declared
      .filter(({ users, groups }) => prune || users.length + groups.length > 0)
      .map(({ domain }) => domain),
  );
  const state = await readHostState(request.settings, (domain) => withPeople.has(domain));
  const plan = await planHost(request, state);
  signal.throwIfAborted();
  const isWanted = await request.onPlan(plan);
  if (dryRun || !isWanted || plan.changes.length === 0)
    return { ...plan, dryRun, isMade: false, problems: [] };
  const changer = new HostChanger(request, state.domains);
  const groups = changer.group(plan.changes);
  let made = 0;
  const make = async ({ run, changes }: (typeof groups)[number]): Promise<void> => {
    // Signals and the terminal have their turn here: most changes are made without a pause.
    await breathe();
    signal.throwIfAborted();
    await run();
    made += changes;
  };
  const total = plan.changes.length;
  const counting: Step = {
    title: `Make ${total === 1 ? 'one change' : `${total} changes`}`,
    run: async (note) => {
      for (const group of groups) {
        note(`${made} made, ${group.title}`);
        await make(group);
      }
      note('all made');
    },
  };
  const each = groups.map((group): Step => ({ title: group.title, run: () => make(group) }));
  try {
    await runTasks(request.isEachShown ? each : [counting], request.progress);
  } catch (error) {
    request.onStopped(made, total);
    throw error;
  }
  const notices = [...new Set([...plan.notices, ...changer.notices])];
  return { ...plan, notices, dryRun, isMade: true, problems: [...new Set(changer.problems)] };
}

async function planHost(request: ApplyRequest, state: HostState): Promise<HostPlan> {
  const { settings, declared, prune } = request;
  const defaults = { profile: settings.defaultProfile, admin: settings.admin };
  const known = new Map(state.domains.map((each) => [each.record.domain, each]));
  const made = declared
    .filter(({ domain }) => !known.has(domain))
    .map((each) => planNewDomain(each, defaults));
  const changed = declared.flatMap(({ domain, profiles }) => {
    const had = known.get(domain)?.record.profiles.join('\n');
    return profiles === undefined || had === undefined || had === profiles.join('\n')
      ? []
      : [{ domain, profiles }];
  });
  const { foreseen, mistakes } = await foreseeDomains(settings, made, changed);
  const names = new Set(declared.map(({ domain }) => domain));
  const { services } = await readVirtualdFile(settings);
  const sni = [...services.values()].filter((each) => each.sni);
  const removed = state.domains.filter(({ record }) => prune && !names.has(record.domain));
  const all = [
    ...describeDeclaredMistakes(declared, {
      present: state.domains,
      prune,
      foreseen,
      strangers: state.strangers,
      sniServices: new Set(sni.map(({ name }) => name)),
    }),
    ...mistakes,
    ...removed.flatMap(describeUse),
  ];
  if (all.length > 0) throw mistaken(request.name, all);
  const plan = planHostChanges(declared, state.domains, { prune, defaults, foreseen });
  const trash = await describeTrash(
    settings,
    made.map(({ domain }) => domain),
  );
  return { ...plan, notices: [...plan.notices, ...trash] };
}

function describeUse({ root, record: { domain } }: PlacedDomain): readonly string[] {
  const { processes, mounts } = listTreeUsers(findPlace(root, domain));
  const [first] = processes;
  if (first !== undefined) {
    const more = processes.length > 1 ? ` and ${processes.length - 1} more run` : ' runs';
    return [
      `${domain} cannot be removed while process ${first.pid}${more} in it: virtfs remove ${domain} --force`,
    ];
  }
  return mounts.length === 0
    ? []
    : [`${domain} cannot be removed while something is mounted in it: virtfs remove ${domain} --force`];
}

/** Who declares a removed domain anew may rather want the old one back. */
async function describeTrash({ roots }: Settings, made: readonly DomainName[]): Promise<readonly string[]> {
  if (made.length === 0) return [];
  const trash = (await Promise.all(roots.map(readTrash))).flat();
  const removed = new Set<string>(trash.map(({ domain }) => domain));
  return made
    .filter((domain) => removed.has(domain))
    .map(
      (domain) =>
        `${domain} is made anew, though its removed tree is in the trash: to have that one, first virtfs restore ${domain}`,
    );
}

function mistaken(name: string, mistakes: readonly string[]): VirtfsError {
  return new VirtfsError('BAD_CONFIG', {
    what: `cannot apply ${name}, and nothing was changed`,
    why: describeMistakes(mistakes),
    mend: 'correct the file, then see with --dry-run what it would do: man 5 virtfs-host',
  });
}
