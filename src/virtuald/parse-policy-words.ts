import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';
import { type KeyContext, type PolicyFlag, policyFlags, policyKeys, type Said } from './policy-keys.ts';

export { type PolicyFlag, policyFlags };

/** One flag as it was given; a flag without argument has none. */
export interface GivenFlag {
  /** Without its dashes. */
  readonly flag: string;
  readonly value: string | true;
}

/**
 * `draft` and what one more flag says: a flag that repeats adds to it, another one replaces it.
 * Throws BAD_USAGE that names the flag and the rule its value breaks.
 */
export function parsePolicyFlag(draft: Said, { flag, value }: GivenFlag, context: KeyContext): Said {
  const key = policyKeys.find((each) => each.flag === flag);
  if (key === undefined) throw new Error(`no flag of a policy: ${flag}`);
  const read = key.kind.fromWord(value === true ? '' : value, draft[key.field], context);
  if ('value' in read) return { ...draft, [key.field]: read.value };
  throw new VirtfsError('BAD_USAGE', {
    what: value === true ? `cannot use --${flag}` : `cannot use --${flag} ${escapeLines(value).slice(0, 80)}`,
    why: read.wrong.map(({ rule }) => `it ${rule}`).join('; '),
    mend: `virtuald --help says what --${flag} takes`,
  });
}
