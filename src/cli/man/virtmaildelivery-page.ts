import type { Described } from '../completion/program-spec.ts';
import { optionTerms } from '../describe-help.ts';
import { capitalize, type ManPage, terms, text } from './man-page.ts';
import { deliveryStatuses, deliveryVariables } from './virtmailfilter-page.ts';

/** virtmaildelivery(8). */
export function describeVirtmaildeliveryPage(spec: Described): ManPage {
  return {
    name: spec.name,
    section: 8,
    summary: spec.summary,
    synopsis: ['virtmaildelivery [OPTION…] USER HOME < MESSAGE'],
    sections: [
      { title: 'DESCRIPTION', blocks: text(...spec.description) },
      {
        title: 'OPTIONS',
        blocks: [
          terms(
            ...optionTerms(spec.options).map(
              ([term, help]) => [term.trim(), `${capitalize(help)}.`] as const,
            ),
          ),
        ],
      },
      {
        title: 'ENVIRONMENT',
        blocks: [
          terms(...deliveryVariables, [
            'EXT, HOST',
            'Where both are set the exit statuses are those of qmail, unless --exit-codes says otherwise.',
          ]),
        ],
      },
      deliveryStatuses,
      {
        title: 'EXAMPLES',
        blocks: spec.examples.flatMap(([command, what]) => [
          ...text(`${capitalize(what)}:`),
          { type: 'code', lines: [command] } as const,
        ]),
      },
    ],
    seeAlso: ['virtmailfilter(8)', 'virtmaild(8)', 'maildir(5)', 'sysexits(3)'],
  };
}
