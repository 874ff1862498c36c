import { sysexit } from './sysexits.ts';

/** Every code a user can meet, and the status the process ends with. Codes are public: add, never rename. */
// biome-ignore format: a table
export const exitStatus = {
  ADDRESS_TAKEN:          sysexit.cantCreat,
  BAD_ADDRESS:            sysexit.dataErr,
  BAD_CONFIG:             sysexit.config,
  BAD_DOMAIN_NAME:        sysexit.dataErr,
  BAD_ELF:                sysexit.dataErr,
  BAD_PROFILE:            sysexit.config,
  BAD_RECORD:             sysexit.dataErr,
  BAD_USAGE:              sysexit.usage,
  BAD_USER_NAME:          sysexit.dataErr,
  COMMAND_MISSING:        sysexit.noInput,
  DOMAIN_EXISTS:          sysexit.cantCreat,
  DOMAIN_MISSING:         sysexit.noInput,
  IO_ERROR:               sysexit.ioErr,
  ISOLATION_FAILED:       sysexit.osErr,
  KERNEL_TOO_OLD:         sysexit.osErr,
  LIBRARY_MISSING:        sysexit.noInput,
  LINK_METHOD_IMPOSSIBLE: sysexit.cantCreat,
  NEEDS_ROOT:             sysexit.noPerm,
  NEEDS_TERMINAL:         sysexit.usage,
  NO_SPACE:               sysexit.ioErr,
  PACKAGE_MISSING:        sysexit.noInput,
  PATH_IS_SYMLINK:        sysexit.cantCreat,
  PATH_MISSING:           sysexit.noInput,
  PATH_NOT_IN_TREE:       sysexit.noInput,
  PATH_TAKEN:             sysexit.cantCreat,
  PROGRAM_NOT_FOUND:      sysexit.notFound,
  PROGRAM_NOT_RUNNABLE:   sysexit.cannotExec,
  READ_ONLY:              sysexit.cantCreat,
  ROOT_UNSAFE:            sysexit.noPerm,
  TREE_BROKEN:            sysexit.cantCreat,
  TREE_UNSAFE:            sysexit.noPerm,
  UIDS_EXHAUSTED:         sysexit.unavailable,
  UNKNOWN_COMMAND:        sysexit.usage,
  UNKNOWN_PROFILE:        sysexit.noInput,
  UNKNOWN_USER:           sysexit.noUser,
  USER_FORBIDDEN:         sysexit.noPerm,
} as const;

export type ErrorCode = keyof typeof exitStatus;
