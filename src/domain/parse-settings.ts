import * as v from 'valibot';
import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { nearestName } from './nearest-name.ts';
import { whyNotAdminName } from './parse-admin-name.ts';
import { whyNotPlainName } from './profile-rules.ts';

const path = v.pipe(
  v.string('must be text'),
  v.startsWith('/', 'must be an absolute path, such as "/virtual"'),
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  v.regex(/^[^\u0000-\u001f\u007f]*$/u, 'must not hold control characters'),
);

function whole(least: number, most: number) {
  const rule = `must be a whole number from ${least} to ${most}`;
  return v.pipe(v.number(rule), v.integer(rule), v.minValue(least, rule), v.maxValue(most, rule));
}

function textThat(isRight: (text: string) => boolean, rule: string) {
  return v.pipe(v.string('must be text'), v.check(isRight, rule));
}

const keys = {
  root: v.optional(path),
  roots: v.optional(v.array(path, 'must be a list of absolute paths')),
  profile: v.optional(
    textThat((text) => whyNotPlainName(text) === undefined, 'must be the name of a profile'),
  ),
  link: v.optional(
    v.picklist(['auto', 'reflink', 'hardlink', 'copy'], 'must be "auto", "reflink", "hardlink" or "copy"'),
  ),
  admin: v.optional(
    textThat((text) => whyNotAdminName(text) === undefined, 'must be a user name that no system account has'),
  ),
  'uid-first': v.optional(whole(1000, 2_147_483_646)),
  'uid-count': v.optional(whole(16, 10_000_000)),
  'trash-days': v.optional(whole(0, 36_500)),
};

const schema = v.object(keys, 'must be a table of settings');

/** virtfs.toml(5) as it stands: a key that is not there is undefined. */
export type FileSettings = v.InferOutput<typeof schema>;

/** The names virtfs.toml(5) may hold. */
export const settingNames: readonly string[] = Object.keys(keys);

/** Checks what a TOML reader made of virtfs.toml. Throws BAD_CONFIG that lists every complaint. */
export function parseSettings(value: unknown, file: string): FileSettings {
  const result = v.safeParse(schema, value);
  const complaints = [...new Set([...unknownKeys(value), ...(result.issues ?? []).map(describeIssue)])];
  if (complaints.length === 0 && result.success) return result.output;
  throw new VirtfsError('BAD_CONFIG', {
    what: `cannot use ${file}`,
    why: complaints.join('; '),
    mend: 'correct the file: man 5 virtfs.toml',
  });
}

function unknownKeys(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value)
    .filter((key) => !Object.hasOwn(keys, key))
    .map((key) => {
      const near = nearestName(key, settingNames);
      return `'${escapeLines(key)}' is no setting${near === undefined ? '' : `, perhaps ${near} is meant`}`;
    });
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const where = v.getDotPath(issue);
  return where === null ? `it ${issue.message}` : `${escapeLines(where)} ${issue.message}`;
}
