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

interface ErrorsForm {
  /** Codes this program never ends with, beside those of statuses it never ends with. */
  readonly without: readonly ErrorCode[];
  /** It has the option --json. */
  readonly json: boolean;
}

/** ERRORS: each code in brackets behind a message, with its status; none with a status in `neverEndsWith`. */
export function errorsSection(neverEndsWith: readonly number[], { without, json }: ErrorsForm): ManSection {
  const codes = Object.keys(exitStatus) as ErrorCode[];
  const rows = codes
    .filter((code) => !neverEndsWith.includes(exitStatus[code]) && !without.includes(code))
    .map((code) => [code, `${errorTexts[code]} Status ${exitStatus[code]}.`] as const);
  const asJson = json ? ' With --json it is one JSON object with the fields code, what, why and mend.' : '';
  return {
    title: 'ERRORS',
    blocks: [
      ...text(
        `A message says what could not be done and why, with a code in brackets, and in its second line what to do.${asJson} The codes:`,
      ),
      terms(...rows),
    ],
  };
}
