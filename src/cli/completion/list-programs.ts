import { virtexecSpec } from '../virtexec/virtexec-spec.ts';
import { virtualdSpec } from '../virtuald/virtuald-spec.ts';
import type { Described, ProgramSpec } from './program-spec.ts';

/** Every program, for completion. The host's commands are the best guess at those of a tree. */
export function listPrograms(table: readonly Described[]): readonly ProgramSpec[] {
  return [
    { type: 'commands', name: 'virtfs', commands: table },
    { type: 'single', name: 'virtexec', command: { ...virtexecSpec, completeOperand: 'command' } },
    { type: 'single', name: 'virtuald', command: virtualdSpec },
  ];
}
