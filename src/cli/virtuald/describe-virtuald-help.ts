import { optionTerms } from '../describe-help.ts';
import { describeTerm, wrapText } from '../wrap-text.ts';
import { virtualdSpec } from './virtuald-spec.ts';

/** How virtuald is called. */
export const virtualdSynopsis = [
  'virtuald [OPTION…] CONF PROGRAM [ARG…]',
  'virtuald --listen ADDRESS… [OPTION…] CONF PROGRAM [ARG…]',
  'virtuald --config [FILE]',
  'virtuald --status [--json | --metrics]',
  'virtuald --check [CONF]',
] as const;

/** What `virtuald --help` shows. */
export function describeVirtualdHelp(columns: number): readonly string[] {
  const width = Math.min(columns, 100);
  const { name, summary, description, options, examples } = virtualdSpec;
  const terms = optionTerms(options);
  // A few long ones would leave the rest no room.
  const termWidth = Math.min(28, Math.max(...terms.map(([term]) => term.length)));
  return [
    `${name}: ${summary}`,
    '',
    ...virtualdSynopsis.map((line, index) => `${index === 0 ? 'usage:' : '      '} ${line}`),
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
