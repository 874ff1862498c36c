/** The version of package.json; here so that `--version` reads no file. */
export const version = '0.1.0';

/** The day of that version, for the foot of the man pages. */
export const released = '2026-11-22';
