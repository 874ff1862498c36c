/** Exit statuses of sysexits(3), and our own. Mail systems and init scripts act on these numbers. */
export const sysexit = {
  ok: 0,
  /** The program ran, and found what it looks for: diff(1)'s custom. */
  findings: 1,
  usage: 64,
  dataErr: 65,
  noInput: 66,
  noUser: 67,
  unavailable: 69,
  software: 70,
  osErr: 71,
  cantCreat: 73,
  ioErr: 74,
  tempFail: 75,
  noPerm: 77,
  config: 78,
  /** As a shell ends when a program is found but cannot be run. */
  cannotExec: 126,
  /** As a shell ends when a program is not found. */
  notFound: 127,
} as const;
