import { sysexit } from '../../errors/sysexits.ts';
import { readSettings } from '../../host/read-settings.ts';
import { decideRecipient } from '../../mail/decide-recipient.ts';
import { describeDecision } from '../../mail/describe-decision.ts';
import { openMailView } from '../../mail/open-mail-view.ts';
import type { MailExplainCall } from '../specs/mail-specs.ts';
import { wrapText } from '../wrap-text.ts';

export async function runMailExplain({ operands, values, io }: MailExplainCall): Promise<number> {
  const { roots } = await readSettings(io.env, values.root);
  using view = openMailView({ roots });
  const decision = decideRecipient(operands[0] ?? '', view);
  if (values.json) io.out(JSON.stringify(decision, undefined, 2));
  else for (const line of describeDecision(decision).flatMap((each) => fold(each, io))) io.out(line);
  return decision.result.type === 'mailboxes' ? sysexit.ok : sysexit.findings;
}

/** What goes on stands below what it belongs to. */
function fold(line: string, { outIsTerminal, columns }: MailExplainCall['io']): readonly string[] {
  if (!outIsTerminal || line.length <= columns) return [line];
  const indent = line.length - line.trimStart().length;
  const rest = ' '.repeat(indent + 2);
  return wrapText(line.trimStart(), Math.max(20, columns - indent - 2)).map((part, at) =>
    at === 0 ? `${' '.repeat(indent)}${part}` : `${rest}${part}`,
  );
}
