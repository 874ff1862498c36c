import { virtexecSpec } from '../virtexec/virtexec-spec.ts';
import { virtmaildSpec } from '../virtmaild/virtmaild-spec.ts';
import { virtmaildeliverySpec } from '../virtmaildelivery/virtmaildelivery-spec.ts';
import { virtmailfilterSpec } from '../virtmailfilter/virtmailfilter-spec.ts';
import { virtualdSpec } from '../virtuald/virtuald-spec.ts';
import type { Described, ProgramSpec } from './program-spec.ts';

/** Every program, for completion. The host's commands are the best guess at those of a tree. */
export function listPrograms(table: readonly Described[]): readonly ProgramSpec[] {
  return [
    { type: 'commands', name: 'virtfs', commands: table },
    { type: 'single', name: 'virtexec', command: { ...virtexecSpec, completeOperand: 'command' } },
    { type: 'single', name: 'virtuald', command: virtualdSpec },
    { type: 'single', name: 'virtmaild', command: virtmaildSpec },
    { type: 'single', name: 'virtmailfilter', command: virtmailfilterSpec },
    { type: 'single', name: 'virtmaildelivery', command: virtmaildeliverySpec },
  ];
}
