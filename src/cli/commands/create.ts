import { VirtfsError } from '../../errors/virtfs-error.ts';
import { readSettings } from '../../host/read-settings.ts';
import { createDomains } from '../../pipeline/create-domains.ts';
import type { CreateRequest, CreateResult } from '../../pipeline/create-request.ts';
import { chooseProgress, sayWaiting } from '../choose-progress.ts';
import type { Io } from '../io.ts';
import { parseCreateWords } from '../parse-create-words.ts';
import type { CreateCall } from '../specs/create-spec.ts';

type Values = CreateCall['values'];

export async function runCreate({ operands, values, io }: CreateCall): Promise<number> {
  const words = parseCreateWords(operands, values);
  const settings = await readSettings(io.env, values.root);
  const told: Omit<CreateRequest, 'domains'> = {
    profiles: words.profiles ?? [settings.defaultProfile],
    addresses: words.addresses ?? [],
    aliases: words.aliases,
    admin: words.admin ?? settings.admin,
    services: words.services ?? [],
    link: words.link ?? settings.link,
    settings,
    progress: chooseProgress(values, io),
    signal: io.signal,
    onWait: sayWaiting(values, io, settings.root),
  };
  if (words.domains.length > 0) return make({ ...told, domains: words.domains }, values, io);
  requireSomeoneToAsk(values, io);
  const { runWizard } = await import('../wizard.ts');
  const asked = await runWizard({ told, words, rootIsTold: values.root !== undefined, io });
  if (asked !== undefined) return make(asked, values, io);
  io.err('Nothing was made.');
  return 0;
}

async function make(request: CreateRequest, values: Values, io: Io): Promise<number> {
  if (values['dry-run']) {
    const { showPlan } = await import('../show-plan.ts');
    return showPlan(request, values, io);
  }
  const result = await makeAll(request);
  if (values.json) {
    io.out(JSON.stringify(result, undefined, 2));
  } else if (!values.quiet) {
    for (const { path } of result.domains) io.out(path);
    const { describeClosing } = await import('../closing-words.ts');
    const rootOption = values.root === undefined ? '' : ` --root ${request.settings.root}`;
    const lines = describeClosing(result, { columns: io.columns, hints: io.errIsTerminal, rootOption });
    for (const line of lines) io.err(line);
  }
  return 0;
}

async function makeAll(request: CreateRequest): Promise<CreateResult> {
  if ((request.services ?? []).length === 0) return createDomains(request);
  const { createWithServices } = await import('../../pipeline/create-with-services.ts');
  return createWithServices(request);
}

/** Asking comes before work that only root can do, and nobody should answer six questions for nothing. */
function requireSomeoneToAsk(values: Values, io: Io): void {
  const why = values.yes
    ? '--yes forbids to ask'
    : io.interactive
      ? undefined
      : 'there is no terminal to ask on';
  if (why !== undefined) {
    throw new VirtfsError('NEEDS_TERMINAL', {
      what: 'cannot tell which DOMAIN to make',
      why: `none is named, and ${why}`,
      mend: 'name it: virtfs create DOMAIN',
    });
  }
  if (values['dry-run'] || process.geteuid?.() === 0) return;
  throw new VirtfsError('NEEDS_ROOT', {
    what: 'cannot make a tree',
    why: 'only root can own its files and make its devices',
    mend: 'run it as root: sudo virtfs create - or look at what it would make: virtfs create --dry-run',
  });
}
