import { runAlone } from './run-alone.ts';
import type { Ended } from './run-virtexec.ts';

/** Runs curl(1), which prints nothing but what it was sent, and why it failed. */
export function curl(words: readonly string[], input?: string): Promise<Ended> {
  const options = ['--silent', '--show-error', '--max-time', '60', '--disable', '--noproxy', '*'];
  return runAlone(['curl', ...options, ...words], input === undefined ? {} : { input });
}

/** What a request that must not be let in ends with: https://curl.se/docs/manpage.html#EXIT */
export const loginDenied = 67;
