import type { OptionSpec } from '../command.ts';

/** Options that mean the same in every command that has them. */
export const rootOption = {
  type: 'string',
  short: 'r',
  value: 'DIR',
  help: 'the folder that holds the trees (else VIRTFS_ROOT, else virtfs.toml, else /virtual)',
  complete: 'directory',
} as const satisfies OptionSpec;

export const jsonOption = {
  type: 'boolean',
  help: 'one JSON document on standard output; errors as one JSON object on standard error',
} as const satisfies OptionSpec;
