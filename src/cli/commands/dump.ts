import { parseDomainName } from '../../domain/domain-name.ts';
import { sysexit } from '../../errors/sysexits.ts';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { findDomain } from '../../host/read-records.ts';
import { readSettings } from '../../host/read-settings.ts';
import { renderToml } from '../../host/render-toml.ts';
import { requireRoot } from '../../pipeline/change-trees.ts';
import { readHostState } from '../../pipeline/read-host-state.ts';
import { describeDeclaration } from '../../plan/describe-declaration.ts';
import { describeNotes } from '../change-words.ts';
import type { DumpCall } from '../specs/dump-spec.ts';

export async function runDump({ operands, values, io }: DumpCall): Promise<number> {
  requireRoot('read the users of domains');
  const settings = await readSettings(io.env, values.root);
  const { roots } = settings;
  const found = await Promise.all(operands.map((name) => findDomain(roots, parseDomainName(name))));
  const wanted = new Set(found.map(({ domain }) => domain));
  const isWanted = (domain: string) => wanted.size === 0 || [...wanted].some((each) => each === domain);
  const { domains } = await readHostState(settings, isWanted);
  const chosen = domains.filter(({ record }) => isWanted(record.domain));
  for (const domain of wanted) {
    if (!chosen.some(({ record }) => record.domain === domain)) throw madeByHand(domain);
  }
  const { value, notices } = describeDeclaration(chosen, {
    passwords: values.passwords ?? false,
    ids: values.ids ?? false,
  });
  io.out(values.json ? JSON.stringify(value, undefined, 2) : (await renderToml(value)).trimEnd());
  for (const line of describeNotes(notices, Math.max(40, io.columns))) io.err(line);
  return notices.length === 0 ? sysexit.ok : sysexit.findings;
}

function madeByHand(domain: string): VirtfsError {
  return new VirtfsError('DOMAIN_MISSING', {
    what: `cannot declare ${domain}`,
    why: 'virtfs did not make this tree, and keeps no record of it',
    mend: 'see which domains virtfs made: virtfs dump',
  });
}
