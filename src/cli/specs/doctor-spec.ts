import { type CommandCall, defineCommand, type OptionSpecs } from '../command.ts';
import { jsonOption, rootOption } from './common-options.ts';

const options = {
  root: rootOption,
  json: jsonOption,
  quiet: { type: 'boolean', short: 'q', help: 'only notes and problems' },
} as const satisfies OptionSpecs;

export type DoctorCall = CommandCall<typeof options>;

export const doctorSpec = defineCommand({
  name: 'doctor',
  summary: 'look whether this machine and its trees have all they need',
  operands: '',
  takes: [0, 0],
  options,
  description: [
    'Looks at the kernel, at limits and programs, at the hooks that make trees follow package upgrades, at the disks of the roots of trees and how files are shared there, at user ids, and at the trees: records that cannot be read, trees behind the host, trees held back, the trash. Each line is ok, a note, or a problem with what to do. virtfs check looks into the trees themselves.',
    'Without root it sees less, and says what it could not see. It changes nothing.',
    'The status is 0 when there is no problem, notes allowed, and else 1.',
  ],
  examples: [
    ['virtfs doctor', 'everything'],
    ['virtfs doctor --json | jq \'.findings[] | select(.level == "problem")\'', 'for a monitor'],
  ],
  load: async () => (await import('../commands/doctor.ts')).runDoctor,
});
