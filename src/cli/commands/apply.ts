import { parseDeclaredHost } from '../../domain/parse-declared-host.ts';
import { sysexit } from '../../errors/sysexits.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { readDeclaration } from '../../host/read-declaration.ts';
import { readSettings } from '../../host/read-settings.ts';
import { readToml } from '../../host/read-toml.ts';
import { type ApplyResult, applyHost } from '../../pipeline/apply-host.ts';
import { requireRoot } from '../../pipeline/change-trees.ts';
import { describeHostChange, encodeHostChange } from '../../plan/describe-host-change.ts';
import type { HostPlan } from '../../plan/plan-host-changes.ts';
import { describeNotes } from '../change-words.ts';
import { chooseProgress, sayWaiting } from '../choose-progress.ts';
import { describeCount } from '../describe-size.ts';
import type { Io } from '../io.ts';
import type { ApplyCall } from '../specs/apply-spec.ts';

type Values = ApplyCall['values'];

export async function runApply({ operands, values, io }: ApplyCall): Promise<number> {
  const [file = ''] = operands;
  requireRoot('change domains');
  const text = await readDeclaration(file, io.signal);
  const name = file === '-' ? 'standard input' : file;
  const declared = parseDeclaredHost(await readToml(text, name), name);
  const settings = await readSettings(io.env, values.root);
  const shown = new Set<string>();
  const result = await applyHost({
    settings,
    declared,
    name,
    prune: values.prune ?? false,
    dryRun: values['dry-run'] ?? false,
    progress: chooseProgress(values, io),
    isEachShown: values.verbose ?? false,
    titleOf: describeHostChange,
    onPlan: (plan) => {
      for (const notice of plan.notices) shown.add(notice);
      return showPlan(plan, values, io);
    },
    onStopped: (made, of) => {
      if (!values.json)
        io.err(`Made ${made} of ${describeCount(of, 'change')}; the same command does the others.`);
    },
    signal: io.signal,
    onWait: sayWaiting(values, io, settings.root),
  });
  tell(result, shown, values, io);
  const isOpen = result.changes.length > 0 && !result.isMade;
  const isLeft = result.refusals.length + result.problems.length > 0 || isOpen;
  return isLeft ? sysexit.findings : sysexit.ok;
}

/** The plan goes where a diff goes, and before anything is done. */
async function showPlan(plan: HostPlan, values: Values, io: Io): Promise<boolean> {
  if (!values.json && !values.quiet) for (const change of plan.changes) io.out(describeHostChange(change));
  if (!values.json) sayNotes([...plan.refusals, ...(values.quiet ? [] : plan.notices)], io);
  return values['dry-run'] || values.yes || (await mayRemove(plan, io));
}

/** Whole trees go, and passwords: what a word too few in a file does must be seen first. */
async function mayRemove({ changes }: HostPlan, io: Io): Promise<boolean> {
  const domains = changes.flatMap((change) => (change.type === 'remove domain' ? [change.domain] : []));
  const users = changes.filter(({ type }) => type === 'remove user').length;
  if (domains.length + users === 0) return true;
  const what = [
    ...(domains.length === 0 ? [] : [`${describeCount(domains.length, 'domain')} (${domains.join(', ')})`]),
    ...(users === 0 ? [] : [describeCount(users, 'user')]),
  ].join(' and ');
  if (!io.interactive) {
    throw new VirtfsError('NEEDS_TERMINAL', {
      what: `cannot ask whether to remove ${what}`,
      why: 'there is no terminal to ask on',
      mend: 'look at it with --dry-run, then say so beforehand: --yes',
    });
  }
  const { askOnTerminal } = await import('../ask.ts');
  const ask = await askOnTerminal(io.signal);
  const answer = await ask.text({
    message: `Remove ${what}? Type yes to do it, nothing to leave all as it is:`,
    whyNot: (text) => (text === '' || text === 'yes' ? undefined : 'Type yes, or nothing'),
  });
  return answer === 'yes';
}

function tell(result: ApplyResult, shown: ReadonlySet<string>, values: Values, io: Io): void {
  const { changes, problems, dryRun, isMade } = result;
  const notices = result.notices.filter((notice) => !shown.has(notice));
  if (values.json) {
    io.out(JSON.stringify({ ...result, changes: changes.map(encodeHostChange) }, undefined, 2));
    return;
  }
  sayNotes([...problems, ...(values.quiet ? [] : notices)], io);
  if (values.quiet) return;
  const count = describeCount(changes.length, 'change');
  if (changes.length === 0)
    io.err(result.refusals.length === 0 ? 'All is as declared.' : 'Nothing else to change.');
  else if (isMade && problems.length > 0) io.err('All was tried; what is noted above is left to do.');
  else if (!isMade) io.err(dryRun ? `${count} to make.` : 'Nothing was changed.');
}

function sayNotes(sentences: readonly string[], io: Io): void {
  for (const line of describeNotes(sentences, Math.max(40, io.columns))) io.err(line);
}
