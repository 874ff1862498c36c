import { check, libcFunction } from './libc.ts';

/** How a child ended. */
export interface ChildEnd {
  /** Its exit status, or the number of the signal that ended it. */
  readonly status: number;
  readonly bySignal: boolean;
}

const byPidfd = 3;
const exited = 4;
const noHang = 1;
const killed = 2;
const dumped = 3;

const info = new Uint8Array(new ArrayBuffer(128));
const fields = new DataView(info.buffer);

const waitid = libcFunction<[number, number, Uint8Array, number]>(
  'int waitid(int, unsigned int, void *, int)',
);

/** Reaps the child of the descriptor (waitid(2)); undefined while it runs. Throws the system's error. */
export function reapPidfd(pidfd: number): ChildEnd | undefined {
  fields.setUint32(16, 0, true);
  check(waitid(byPidfd, pidfd, info, exited | noHang), 'waitid');
  return fields.getUint32(16, true) === 0 ? undefined : readEnd();
}

/** Waits until the child has ended, and reaps it. */
export function waitForPidfd(pidfd: number): ChildEnd {
  check(waitid(byPidfd, pidfd, info, exited), 'waitid');
  return readEnd();
}

function readEnd(): ChildEnd {
  const how = fields.getInt32(8, true);
  return { status: fields.getInt32(24, true), bySignal: how === killed || how === dumped };
}
