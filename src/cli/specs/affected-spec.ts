import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = { root: rootOption, json: jsonOption } as const satisfies OptionSpecs;

export type AffectedCall = CommandCall<typeof options>;

export const affectedSpec = defineCommand({
  name: 'affected',
  summary: 'say which domains hold a package, a library or a program',
  operands: 'NAME…',
  takes: [1, Number.POSITIVE_INFINITY],
  completeOperand: 'none',
  options,
  description: [
    'NAME is a package of this host (libssl3), a path (/usr/bin/openssl), or else the name of a file (libssl.so.3). Says which domains hold it, in which version of its package it was laid, and whether what they hold is what this host has now.',
    'It answers from what virtfs wrote down when it laid the files. A version that was not written down then is shown as unknown; whether a file is current is found by comparing its content.',
    'The status is 1 when a domain holds something that is not current: virtfs update brings it up to date.',
  ],
  examples: [
    ['virtfs affected libssl3', 'after news of a hole in it'],
    [
      "virtfs affected libc6 --json | jq -r '.affected[].domains[] | select(.isCurrent | not).domain'",
      'who is behind',
    ],
  ],
  load: async () => (await import('../commands/affected.ts')).runAffected,
});
