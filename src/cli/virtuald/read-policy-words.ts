import { parsePolicyFlag } from '../../virtuald/parse-policy-words.ts';
import type { Said } from '../../virtuald/policy-keys.ts';
import { makeFindPort } from '../../virtuald/read-service-file.ts';
import type { PolicyWord } from './parse-call.ts';

/** What the flags of the policy say together. Throws BAD_USAGE. */
export function readPolicyWords(words: readonly PolicyWord[], root: string): Said {
  const context = { root, findPort: makeFindPort() };
  return words.reduce<Said>(
    (said, [flag, value]) => parsePolicyFlag(said, { flag, value: value ?? true }, context),
    {},
  );
}
