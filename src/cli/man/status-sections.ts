import { type ErrorCode, exitStatus } from '../../errors/error-codes.ts';
import { errorTexts, statusTexts } from './error-texts.ts';
import { type ManSection, terms, text } from './man-page.ts';

const signalTexts = [
  ['130, 143, 129', 'It was stopped by SIGINT, SIGTERM or SIGHUP.'],
  ['141', 'Nobody reads its output any more.'],
] as const;

/** EXIT STATUS: every status but those in `without`, which this program never ends with. */
export function exitStatusSection(without: readonly number[]): ManSection {
  const rows = Object.entries(statusTexts).filter(([status]) => !without.includes(Number(status)));
  return { title: 'EXIT STATUS', blocks: [terms(...rows, ...signalTexts)] };
}

/** ERRORS: each code in brackets at the end of a message, with its status. */
export function errorsSection(without: readonly number[]): ManSection {
  const codes = Object.keys(exitStatus) as ErrorCode[];
  const rows = codes
    .filter((code) => !without.includes(exitStatus[code]))
    .map((code) => [code, `${errorTexts[code]} Status ${exitStatus[code]}.`] as const);
  return {
    title: 'ERRORS',
    blocks: [
      ...text(
        'A message says what could not be done and why, with a code in brackets, and in its second line what to do. With --json it is one JSON object with the fields code, what, why and mend. The codes:',
      ),
      terms(...rows),
    ],
  };
}
