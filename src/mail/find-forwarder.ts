import { join } from 'node:path';
import type { Forwarder } from './forward-message.ts';
import { readVirtmaildSettings } from './read-virtmaild-settings.ts';

/** What takes mail for other hosts, as virtmaild.toml in `configDir` says. Throws BAD_CONFIG. */
export async function findForwarderIn(configDir: string): Promise<Forwarder> {
  const source = { file: join(configDir, 'virtmaild.toml'), isAsked: false, listen: undefined };
  const { sendmail, forwardUser } = await readVirtmaildSettings(source);
  return { program: sendmail, user: forwardUser };
}
