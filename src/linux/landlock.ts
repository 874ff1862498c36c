import { closeSync, constants, openSync } from 'node:fs';
import { isErrno } from '../errors/virtfs-error.ts';
import { rawSyscall } from './raw-syscall.ts';

/** A Landlock ruleset as landlock_create_ruleset(2) takes it. */
export interface LandlockRules {
  /** Rights over files that are denied where no rule gives them back; we give all of them back below `/`. */
  readonly files: bigint;
  /** What may not reach out of the sandbox: 1 abstract UNIX sockets, 2 signals. */
  readonly scoped: bigint;
}

/** The version of Landlock the kernel speaks, 0 where it has none or it is switched off. */
export function readLandlockVersion(): number {
  const version = 1;
  try {
    return rawSyscall('landlock_create_ruleset', 'pww', null, 0, version);
  } catch (error) {
    if (isErrno(error, 'ENOSYS') || isErrno(error, 'EOPNOTSUPP')) return 0;
    throw error;
  }
}

/**
 * What to ask of Landlock version `version`: any ruleset keeps ptrace(2) and the look into /proc within one call of
 * virtexec; version 6 (Linux 6.12) keeps signals and abstract sockets within it as well.
 * Undefined where Landlock is missing, and for version 1, which cannot but forbid renames from one directory to another.
 */
export function decideLandlock(version: number): LandlockRules | undefined {
  const refer = 1n << 13n;
  if (version >= 6) return { files: 0n, scoped: 3n };
  return version >= 2 ? { files: refer, scoped: 0n } : undefined;
}

/** Puts the calling thread into a Landlock domain for good. Needs CAP_SYS_ADMIN. `/` must be the final one. */
export function restrictByLandlock(rules: LandlockRules): void {
  const ruleset = makeLandlockRuleset(rules);
  rawSyscall('landlock_restrict_self', 'www', ruleset, 0, 0);
  closeSync(ruleset);
}

/** The rules as a descriptor, for landlock_restrict_self(2) of whoever has the same `/`. The caller closes it. */
export function makeLandlockRuleset(rules: LandlockRules): number {
  const size = rules.scoped === 0n ? 8 : 24;
  const attr = new Uint8Array(new BigUint64Array([rules.files, 0n, rules.scoped]).buffer, 0, size);
  const ruleset = rawSyscall('landlock_create_ruleset', 'pww', attr, size, 0);
  if (rules.files !== 0n) allowBelowRoot(ruleset, rules.files);
  return ruleset;
}

function allowBelowRoot(ruleset: number, rights: bigint): void {
  const pathBeneath = 1;
  const root = openSync('/', constants.O_RDONLY | constants.O_DIRECTORY);
  const rule = new DataView(new ArrayBuffer(12));
  rule.setBigUint64(0, rights, true);
  rule.setInt32(8, root, true);
  rawSyscall('landlock_add_rule', 'wwpw', ruleset, pathBeneath, new Uint8Array(rule.buffer), 0);
  closeSync(root);
}
