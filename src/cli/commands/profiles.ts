import { type KnownProfile, readProfiles } from '../../host/read-profiles.ts';
import { readSettings } from '../../host/read-settings.ts';
import type { ProfilesCall } from '../specs/profiles-spec.ts';

export async function runProfiles({ values, io }: ProfilesCall): Promise<number> {
  const settings = await readSettings(io.env);
  const known = await readProfiles(settings);
  if (values.names) {
    for (const name of known.keys()) io.out(name);
    return 0;
  }
  const isDefault = (name: string) => name === settings.defaultProfile;
  if (values.json) {
    io.out(
      JSON.stringify(
        { profiles: [...known].map(([name, each]) => ({ ...describeJson(each), default: isDefault(name) })) },
        undefined,
        2,
      ),
    );
    return 0;
  }
  const { describeTable } = await import('../describe-table.ts');
  const columns = [
    { title: 'PROFILE' },
    { title: 'WHAT IT IS', shrinks: true },
    { title: 'EXTENDS', shrinks: true },
    { title: 'FROM', shrinks: true },
  ];
  const rows = [...known].map(([name, { profile, file, builtIn }]) => [
    isDefault(name) ? `${name} (default)` : name,
    profile.summary,
    profile.extends.join(' ') || '-',
    builtIn ? 'virtfs' : file,
  ]);
  for (const line of describeTable(columns, rows, io.outIsTerminal ? io.columns : Number.POSITIVE_INFINITY))
    io.out(line);
  return 0;
}

function describeJson({ profile, file, builtIn }: KnownProfile) {
  return { name: profile.name, summary: profile.summary, extends: profile.extends, file, builtIn };
}
