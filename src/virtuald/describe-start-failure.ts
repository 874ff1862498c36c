import { escapeLines } from '../errors/escape-lines.ts';
import type { Service } from './service.ts';

// biome-ignore format: a table
const whys: Readonly<Record<string, string>> = {
  ENOENT:  'the tree has no such program, or not what its first line or its loader names',
  EACCES:  'it is not an executable file, or not for this user',
  ENOEXEC: 'it is neither a program for this machine nor a script that begins with #!',
  E2BIG:   'its arguments are longer than the system takes',
};

/** What a child could not do before it was the program: `run the program`, `ENOENT`. */
export interface FailedStep {
  readonly step: string;
  readonly code: string;
}

/** The log line for a service that did not come to run; a text is the reason why. */
export function describeStartFailure(service: Service, domain: string, failure: FailedStep | string): string {
  const what = `cannot start ${service.name} in ${domain}`;
  if (typeof failure === 'string') return `${what}: ${failure}`;
  const { step, code } = failure;
  if (step !== 'run the program') return `${what}: could not ${step}: ${code}`;
  return `${what}: ${escapeLines(service.program[0])}: ${whys[code] ?? code}`;
}
