import { VirtfsError } from '../errors/virtfs-error.ts';
import type { FailedChild, StartedChild } from '../linux/call-list.ts';
import type { Connection } from './connection.ts';
import type { ServiceStarter } from './service-starter.ts';

/** Starts a service; a text says what kept it from being started. Throws what is a bug. */
export function tryStart(
  starter: ServiceStarter,
  fd: number,
  connection: Connection,
): StartedChild | FailedChild | string {
  try {
    return starter.start(fd, connection);
  } catch (error) {
    if (error instanceof VirtfsError || (Error.isError(error) && 'code' in error)) return error.message;
    throw error;
  }
}
