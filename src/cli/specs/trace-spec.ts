import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = {
  user: {
    type: 'string',
    short: 'u',
    value: 'USER',
    help: "run it as this user of the tree's own passwd, a name or number, instead of root",
    complete: 'tree-user',
  },
  all: {
    type: 'boolean',
    help: 'also what it found in another folder right after, and what the C library tries for every program',
  },
  root: rootOption,
  json: jsonOption,
} as const satisfies OptionSpecs;

export type TraceCall = CommandCall<typeof options>;

export const traceSpec = defineCommand({
  name: 'trace',
  summary: 'run a program inside a tree and say which files it lacks',
  operands: 'DOMAIN PROGRAM [ARG…]',
  takes: [2, Number.POSITIVE_INFINITY],
  completeOperands: ['domain', 'command', 'file'],
  optionsEndAt: 1,
  options,
  description: [
    'Runs PROGRAM in the tree of DOMAIN as virtexec(8) does, and notes each file that it, or a program it starts, looked for and did not find. Those that this host has are reported when it ends, with the package they belong to and the lines of a profile that would bring them (virtfs-profile(5)). What no tree may have is reported with the reason. Options end at PROGRAM: what stands behind it is its own.',
    'The program has the terminal; the report comes on standard error. With --json it comes on standard output, and what the program writes there goes to standard error.',
    'It needs strace(1) of the host. The status is 1 when something is lacking, 0 when nothing is; where the program could not be started and nothing is lacking, it is the one virtexec ends with.',
  ],
  examples: [
    ['virtfs trace example.org vi /etc/aliases', 'edit a file, and see afterwards what vi missed'],
    ['virtfs trace example.org --user bob -- sh -c mailq', 'as a user of the domain'],
  ],
  load: async () => (await import('../commands/trace.ts')).runTrace,
});
