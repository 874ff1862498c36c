import { join, resolve } from 'node:path';
import { VirtfsError } from '../../errors/virtfs-error.ts';
import { findHandedOver } from '../../host/find-handed-over.ts';
import { readSettings } from '../../host/read-settings.ts';
import { findMailPeers } from '../../mail/find-mail-peers.ts';
import { describeMailListen } from '../../mail/parse-mail-listen.ts';
import { readVirtmaildSettings } from '../../mail/read-virtmaild-settings.ts';
import { type MailServed, serveLmtp } from '../../mail/serve-lmtp.ts';
import type { VirtmaildValues } from './run-virtmaild.ts';

/** Serves as words and settings say, until TERM, or only checks them. Resolves to the exit status. */
export async function runServer(
  values: VirtmaildValues,
  env: Readonly<Record<string, string | undefined>>,
  out: (line: string) => void,
): Promise<number> {
  const read = () => readServed(values, env);
  const served = await read();
  if (values.check) {
    findMailPeers(served.settings);
    const places = served.settings.listen.map(describeMailListen).join(', ');
    out(`nothing to complain of: mail for ${served.roots.join(', ')} from ${places}`);
    return 0;
  }
  return serveLmtp({
    served,
    handedOver: listHandedOver(env),
    reread: read,
    verbose: values.verbose === true,
    env,
  });
}

async function readServed(
  { config, root, listen }: VirtmaildValues,
  env: Readonly<Record<string, string | undefined>>,
): Promise<MailServed> {
  const { roots, configDir } = await readSettings(env, root);
  const file = config === undefined ? join(configDir, 'virtmaild.toml') : resolve(config);
  return { roots, settings: await readVirtmaildSettings({ file, isAsked: config !== undefined, listen }) };
}

/** Those of systemd begin at 3 (sd_listen_fds(3)). */
function listHandedOver(env: Readonly<Record<string, string | undefined>>): readonly number[] {
  const by = findHandedOver(env);
  if (by === 'systemd') return Array.from({ length: Number(env.LISTEN_FDS) }, (_, index) => 3 + index);
  if (by === undefined) return [];
  throw new VirtfsError('BAD_USAGE', {
    what: 'cannot use what inetd handed over',
    why: 'virtmaild stays, and waits at sockets of its own or of systemd',
    mend: 'take its line out of inetd.conf, and start it by itself: virtmaild',
  });
}
