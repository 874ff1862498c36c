import type { Profile } from '../../domain/profile.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { readSettings } from '../../host/read-settings.ts';
import type { Entry } from '../../manifest/entry.ts';
import type { Plan } from '../../manifest/plan.ts';
import type { PlanSizes } from '../../pipeline/measure-plan.ts';
import { planForProfiles } from '../../pipeline/plan-domains.ts';
import { describeFacts, type Fact } from '../describe-facts.ts';
import { describeCount, describeSize } from '../describe-size.ts';
import { parseProfileNames } from '../parse-create-words.ts';
import type { ProfileCall } from '../specs/profile-spec.ts';

export async function runProfile({ operands, values, io }: ProfileCall): Promise<number> {
  const names = parseProfileNames(operands);
  const settings = await readSettings(io.env);
  const { inspection, plan, sizes } = await planForProfiles(settings, names);
  const entries = plan.layer.flatMap((section) => section.entries);
  if (values.json) {
    const files = entries.map(({ type, path, why }) => ({ type, path, why }));
    io.out(
      JSON.stringify({ names, ...inspection.profile, ...sizes, notices: plan.notices, files }, undefined, 2),
    );
  } else if (values.files) {
    for (const { path, why } of entries) io.out(`/${escapeLines(path)}  # ${escapeLines(why)}`);
  } else {
    const width = io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY;
    for (const line of describeProfile(inspection.profile, plan, sizes, width)) io.out(line);
  }
  return 0;
}

function describeProfile(profile: Profile, plan: Plan, sizes: PlanSizes, width: number): readonly string[] {
  const facts: readonly Fact[] = [
    ...listsOf(profile),
    ['comes to', describeEntries(plan)],
    [
      'takes',
      `${describeSize(sizes.sharedBytes)} that all its trees share, ${describeSize(sizes.ownBytes)} in each`,
    ],
    ['notices', plan.notices.map(escapeLines)],
  ];
  return [`${escapeLines(profile.name)}: ${escapeLines(profile.summary)}`, ...describeFacts(facts, width)];
}

/** What the profile and all it extends name; lists with nothing in them left out. */
function listsOf(profile: Profile): readonly Fact[] {
  const words = (items: readonly string[]) => (items.length === 0 ? undefined : escapeLines(items.join(' ')));
  return [
    ['commands', words(profile.commands)],
    ['if there', words(profile.optionalCommands)],
    ['packages', words(profile.packages)],
    ['files', words(profile.files)],
    ['files, if there', words(profile.optionalFiles)],
    ['without', words(profile.exclude)],
    ['folders', words(profile.directories.map(({ path }) => path))],
    ['links', profile.links.map(({ path, target }) => escapeLines(`${path} -> ${target}`))],
    ['devices', words(profile.devices)],
    ['users', words(profile.users)],
    ['groups', words(profile.groups)],
    ['PAM services', words(profile.pam)],
    ['keep set-id', words(profile.setid)],
    ['files of etc', words(profile.etc)],
    ['more shells', words(profile.shells)],
    ['host keys', words(profile.hostKeys)],
    ['services', words(profile.services)],
  ];
}

function describeEntries({ layer }: Plan): string {
  const entries = layer.flatMap((section) => section.entries);
  const count = (isOne: (entry: Entry) => boolean) => entries.filter(isOne).length;
  const isProgram = ({ type, path }: Entry) => type === 'file' && /(?:^|\/)s?bin\/[^/]+$/u.test(path);
  const isLibrary = ({ type, path }: Entry) => type === 'file' && /\.so(?:\.[0-9.]+)?$/u.test(path);
  const programs = count(isProgram);
  const libraries = count(isLibrary);
  const others = count((entry) => entry.type === 'file' && !isProgram(entry) && !isLibrary(entry));
  return [
    describeCount(programs, 'program'),
    describeCount(libraries, 'library', 'libraries'),
    describeCount(others, 'other file'),
    describeCount(
      count(({ type }) => type === 'symlink'),
      'link',
    ),
    describeCount(
      count(({ type }) => type === 'dir'),
      'folder',
    ),
  ].join(', ');
}
