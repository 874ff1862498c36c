import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAlone } from './run-alone.ts';
import type { Ended } from './run-virtexec.ts';

export interface SftpCall {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The one host key the client accepts, as in a file ending in .pub. */
  readonly hostKey: string;
  /** What it is told to do, a line each. */
  readonly commands: readonly string[];
  /** Instead of sftp: options of ssh, and what it is to run there. */
  readonly ssh?: { readonly options?: readonly string[]; readonly command?: string };
}

/** Runs sftp(1) or ssh(1) of OpenSSH with nothing of anybody's own settings. */
export async function sftp(call: SftpCall): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'virtfs-sftp-'));
  try {
    const askpass = join(folder, 'askpass');
    const known = join(folder, 'known_hosts');
    writeFileSync(askpass, '#!/bin/sh\necho "$SFTP_PASSWORD"\n', { mode: 0o700 });
    writeFileSync(known, `[${call.address}]:${call.port} ${call.hostKey}\n${call.address} ${call.hostKey}\n`);
    const options = [`UserKnownHostsFile=${known}`, 'StrictHostKeyChecking=yes', 'NumberOfPasswordPrompts=1'];
    const common = ['-F', 'none', ...options.flatMap((option) => ['-o', option])];
    const to = `${call.user}@${call.address}`;
    const { options: more = [], command } = call.ssh ?? {};
    const program = call.ssh
      ? ['ssh', ...common, '-p', String(call.port), ...more, to, ...(command === undefined ? [] : [command])]
      : ['sftp', '-q', ...common, '-P', String(call.port), to];
    const env = {
      SSH_ASKPASS: askpass,
      SSH_ASKPASS_REQUIRE: 'force',
      SFTP_PASSWORD: call.password,
      HOME: folder,
    };
    return await runAlone(program, { env, cwd: folder, input: `${call.commands.join('\n')}\n` });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
