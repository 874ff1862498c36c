import * as v from 'valibot';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { nearestName } from './nearest-name.ts';
import type { Profile } from './profile.ts';
import {
  whyNotAccountName,
  whyNotCommand,
  whyNotEtcName,
  whyNotHostKey,
  whyNotPath,
  whyNotPlainName,
  whyNotPlainPath,
} from './profile-rules.ts';

const listOf = (rule: (text: string) => string | undefined) =>
  v.optional(v.array(textThat(rule), 'must be a list'), []);

const directory = table({
  path: textThat(whyNotPlainPath),
  mode: v.optional(
    v.pipe(
      v.string('must be octal digits in quotes, as "0755"'),
      v.regex(/^[0-7]{3,4}$/u, 'must be three or four octal digits in quotes, as "0755"'),
      v.transform((mode) => Number.parseInt(mode, 8)),
    ),
    '0755',
  ),
  owner: v.optional(textThat(whyNotAccountName), 'root'),
  group: v.optional(textThat(whyNotAccountName), 'root'),
});

const link = table({ path: textThat(whyNotPlainPath), target: textThat(whyNotTarget) });

const fields = {
  summary: textThat(whyNotSummary),
  extends: listOf(whyNotPlainName),
  commands: listOf(whyNotCommand),
  'optional-commands': listOf(whyNotCommand),
  packages: listOf(whyNotPlainName),
  files: listOf(whyNotPath),
  'optional-files': listOf(whyNotPlainPath),
  exclude: listOf(whyNotPath),
  directories: v.optional(v.array(directory, 'must be a list'), []),
  links: v.optional(v.array(link, 'must be a list'), []),
  devices: listOf(whyNotPlainName),
  users: listOf(whyNotAccountName),
  groups: listOf(whyNotAccountName),
  pam: listOf(whyNotPlainName),
  setid: listOf(whyNotPlainPath),
  etc: listOf(whyNotEtcName),
  shells: listOf(whyNotPlainPath),
  'host-keys': listOf(whyNotHostKey),
  services: listOf(whyNotPlainName),
  install: v.optional(v.record(textThat(whyNotCommand), textThat(whyNotPlainName), 'must be a table'), {}),
};

const schema = table(fields);

/**
 * Checks one profile file, already read as TOML: virtfs-profile(5).
 * Throws BAD_PROFILE with every complaint at once, each naming its key and what is wrong there.
 */
export function parseProfile(name: string, tomlValue: unknown): Profile {
  const result = v.safeParse(schema, tomlValue);
  const wrong = [...(whyNotPlainName(name) ? [`its name ${whyNotPlainName(name)}`] : [])];
  if (!result.success) wrong.push(...result.issues.map(describeIssue));
  if (!result.success || wrong.length > 0) {
    throw new VirtfsError('BAD_PROFILE', {
      what: `cannot use the profile '${escapeLines(name)}'`,
      why: wrong.join('; '),
      mend: 'correct these keys in the profile; virtfs-profile(5) lists what each may hold',
    });
  }
  const {
    'optional-commands': optionalCommands,
    'optional-files': optionalFiles,
    'host-keys': hostKeys,
    ...rest
  } = result.output;
  return { name, ...rest, optionalCommands, optionalFiles, hostKeys };
}

/** An object of these keys and no others; each other key is a complaint of its own, with the key it may be meant for. */
function table<Entries extends v.ObjectEntries>(entries: Entries) {
  const known = Object.keys(entries);
  return v.pipe(
    v.looseObject(entries, 'must be a table'),
    v.rawCheck(({ dataset, addIssue }) => {
      if (dataset.value === null || typeof dataset.value !== 'object') return;
      for (const key of Object.keys(dataset.value)) {
        if (known.includes(key)) continue;
        const near = nearestName(key, known);
        const hint = near === undefined ? `the keys are ${known.join(', ')}` : `did you mean ${near}?`;
        addIssue({ message: `${escapeLines(key).slice(0, 80)}: is not a key; ${hint}` });
      }
    }),
    // Loose only so that the check above sees the other keys: past it there are none.
    v.transform((value) => value as v.InferOutput<v.ObjectSchema<Entries, undefined>>),
  );
}

function textThat(rule: (text: string) => string | undefined) {
  return v.pipe(
    v.string('must be a text in quotes'),
    v.rawCheck(({ dataset, addIssue }) => {
      const wrong = dataset.typed ? rule(dataset.value) : undefined;
      if (dataset.typed && wrong !== undefined) {
        addIssue({ message: `'${escapeLines(dataset.value).slice(0, 200)}' ${wrong}` });
      }
    }),
  );
}

function whyNotSummary(text: string): string | undefined {
  if (text.trim() === '') return 'is empty';
  return /\p{C}/u.test(text) ? 'holds a control character' : undefined;
}

function whyNotTarget(text: string): string | undefined {
  return text === '' || /\p{Cc}/u.test(text) ? 'is empty or holds a control character' : undefined;
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const where = (issue.path ?? []).map((step) =>
    typeof step.key === 'number' ? `[${step.key + 1}]` : `.${String(step.key)}`,
  );
  const key = where.join('').replace(/^\./u, '');
  // Valibot gives a missing key its table's own message.
  const missing = issue.type === 'loose_object' && issue.received === 'undefined' && key !== '';
  const message = missing ? 'is missing' : issue.message;
  return key === '' ? message : `${key}: ${message}`;
}
