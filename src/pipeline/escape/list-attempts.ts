import type { Attempt } from './attempt.ts';
import { kernelAttempts } from './attempts/kernel.ts';
import { meetingAttempts } from './attempts/meeting.ts';
import { mountAttempts } from './attempts/mounts.ts';
import { processAttempts } from './attempts/processes.ts';
import { rootDirectoryAttempts } from './attempts/root-directory.ts';
import { sharedFileAttempts } from './attempts/shared-files.ts';

/** All of them, in the order they are made and shown. */
export function listAttempts(): readonly Attempt[] {
  return [
    ...rootDirectoryAttempts,
    ...mountAttempts,
    ...processAttempts,
    ...meetingAttempts,
    ...sharedFileAttempts,
    ...kernelAttempts,
  ];
}
