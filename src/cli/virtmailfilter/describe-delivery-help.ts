import type { CommandSpec } from '../command.ts';
import { optionTerms } from '../describe-help.ts';
import { describeTerm, wrapText } from '../wrap-text.ts';

export type Described = Pick<
  CommandSpec,
  'name' | 'summary' | 'operands' | 'description' | 'options' | 'examples'
>;

/** What `--help` shows of a program that delivers one message. */
export function describeDeliveryHelp(
  { name, summary, operands, description, options, examples }: Described,
  columns: number,
): readonly string[] {
  const width = Math.min(columns, 100);
  const terms = optionTerms(options);
  const termWidth = Math.min(24, Math.max(...terms.map(([term]) => term.length)));
  return [
    `${name}: ${summary}`,
    '',
    `usage: ${[name, '[OPTION…]', operands].filter(Boolean).join(' ')} < MESSAGE`,
    ...description.flatMap((paragraph) => ['', ...wrapText(paragraph, width)]),
    '',
    'options:',
    ...terms.flatMap(([term, help]) => describeTerm(term, help, termWidth, width)),
    '',
    'examples:',
    ...examples.flatMap(([command, what]) => [
      `  ${command}`,
      ...wrapText(what, width - 6).map((line) => `      ${line}`),
    ]),
  ];
}
