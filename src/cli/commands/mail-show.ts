import { parseDomainName } from '../../domain/domain-name.ts';
import { escapeLines } from '../../errors/escape-lines.ts';
import { findDomain } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { describeMailSettings } from '../../mail/describe-mail-settings.ts';
import { openMailView } from '../../mail/open-mail-view.ts';
import { type ParsedTargets, parseTargets } from '../../mail/parse-targets.ts';
import { describeFacts, type Fact } from '../describe-facts.ts';
import { describeSize } from '../describe-size.ts';
import type { MailShowCall } from '../specs/mail-specs.ts';

export async function runMailShow({ operands, values, io }: MailShowCall): Promise<number> {
  const { roots } = await readSettings(io.env, values.root);
  const found = await findDomain(roots, parseDomainName(operands[0] ?? ''));
  using view = openMailView({ roots: [found.root] });
  const mail = view.findDomain(found.domain);
  const settings = mail?.settings ?? {};
  const aliases = [...(mail?.aliases() ?? [])].map(([name, list]) => ({
    name,
    ...describeList(parseTargets(list)),
  }));
  if (values.json) {
    const { root, domain } = found;
    io.out(JSON.stringify({ root, domain, mail: settings, aliases }, undefined, 2));
    return 0;
  }
  if (found.alias !== undefined) io.out(`${found.alias} is an alias of ${found.domain}.`);
  io.out(found.domain);
  const facts: readonly Fact[] = [
    ...describeMailSettings(settings, describeSize),
    [
      'aliases',
      aliases.length === 0 ? "none: the tree's etc/aliases has no line" : aliases.map(describeAlias),
    ],
  ];
  for (const line of describeFacts(facts, io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY))
    io.out(line);
  return 0;
}

interface ShownList {
  readonly targets: readonly string[];
  readonly ignored: ParsedTargets['ignored'];
}

function describeList({ targets, ignored }: ParsedTargets): ShownList {
  return {
    targets: targets.map((each) => (each.type === 'local' ? each.local : `${each.local}@${each.domain}`)),
    ignored,
  };
}

function describeAlias({ name, targets, ignored }: ShownList & { readonly name: string }): string {
  const left = ignored.map(({ text, why }) => `${text} does not count: ${why}`);
  return escapeLines(`${name}: ${[targets.join(', '), ...left].filter((text) => text !== '').join('; ')}`);
}
