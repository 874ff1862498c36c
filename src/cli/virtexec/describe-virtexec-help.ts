import { optionTerms } from '../describe-help.ts';
import { describeTerm, wrapText } from '../wrap-text.ts';
import { virtexecSpec } from './virtexec-spec.ts';

/** What `virtexec --help` shows. */
export function describeVirtexecHelp(columns: number): readonly string[] {
  const width = Math.min(columns, 100);
  const { name, summary, description, options, examples } = virtexecSpec;
  const terms = optionTerms(options);
  const termWidth = Math.max(...terms.map(([term]) => term.length));
  return [
    `${name}: ${summary}`,
    '',
    'usage: virtexec [--domain DOMAIN] [--root DIR] [--user USER] [--yes] PROGRAM [ARG…]',
    '       virtPROGRAM [ARG…]',
    '       virtexec --links [DIR]',
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
