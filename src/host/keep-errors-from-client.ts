import { closeSync, constants, fstatSync, openSync } from 'node:fs';

/**
 * Where standard error is the very socket that standard input is, as inetd has it, makes it /dev/null: what Node itself
 * may say, of a warning or of its end, is not for the client. In the first of all lines, for it loads nothing.
 */
export function keepErrorsFromClient(): void {
  const input = fstatSync(0);
  const errors = fstatSync(2);
  if (!input.isSocket() || input.dev !== errors.dev || input.ino !== errors.ino) return;
  const spare = openSync('/dev/null', constants.O_WRONLY);
  closeSync(2);
  // The lowest number that is free (open(2)).
  openSync('/dev/null', constants.O_WRONLY);
  closeSync(spare);
}
