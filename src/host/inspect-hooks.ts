import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HookFacts } from '../domain/machine-facts.ts';
import { isErrno } from '../errors/virtfs-error.ts';

const unit = 'virtfs-update.path';

/** What of the hooks that `scripts/install --hooks` puts under `etc` is there. */
export function inspectHooks(etc = '/etc'): HookFacts {
  const units = join(etc, 'systemd/system');
  const isEnabled = listNames(units).some(
    (name) => name.endsWith('.wants') && existsSync(join(units, name, unit)),
  );
  return {
    apt: existsSync(join(etc, 'apt/apt.conf.d/90virtfs')),
    unit: isEnabled ? 'enabled' : existsSync(join(units, unit)) ? 'present' : 'absent',
    systemd: existsSync('/run/systemd/system'),
  };
}

function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
