import { sendToUnixSocket } from '../linux/syslog.ts';

/** What a service manager is told (sd_notify(3)). */
export type ManagerState = 'READY' | 'RELOADING' | 'STOPPING';

/** Tells systemd, where NOTIFY_SOCKET says that it wants to know. */
export function notifyManager(env: Readonly<Record<string, string | undefined>>, state: ManagerState): void {
  const path = env.NOTIFY_SOCKET;
  if (path === undefined || path === '') return;
  const since = state === 'RELOADING' ? `\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}` : '';
  sendToUnixSocket(path, Buffer.from(`${state}=1${since}`));
}
